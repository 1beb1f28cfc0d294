// Ten thousand marks in everything that comes in, and none in anything that the public gets: not as it was written, in other
// cases, percent or entity signs, base64, hexadecimal or punycode. They come in by the log, by listings and probes, by lookouts
// and by the operator's API; they would go out by the site, by its copy as files, and by webhooks.

import { domainToASCII } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discoverPublishers } from "../../src/app/discover.ts";
import { openSiteCopy } from "../../src/app/export/site-copy.ts";
import { languagesNamed, languageTags } from "../../src/app/languages.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import type { Report } from "../../src/core/report.ts";
import { HOUR, MINUTE } from "../../src/core/time.ts";
import { toReportJson } from "../../src/publishers/report/json.ts";
import { messageOf, newsIn } from "../../src/publishers/webhook/message.ts";
import { openPublicRoutes, type PublicRoutes } from "../support/public-routes.ts";
import { clock, record, Story } from "../support/story.ts";
import { type Asked, actWith, hearLookoutsWith, probeWith } from "./other-doors.ts";
import { traces } from "./traces.ts";

let used = 0;
/** A mark that was never used before; letters that also stand in a queue id. */
function mark(): string {
  used++;
  return `zq${String(used).padStart(5, "0")}kx`;
}
/** An address that was never used before. */
function address(): string {
  used++;
  return `2001:db8:${(used >> 8).toString(16)}:${(used & 255).toString(16)}::1`;
}

/** Lines of one message, with a mark wherever Postfix writes something of somebody's. */
function message(at: number, n: number): string[] {
  const stamp = (seconds: number): string => new Date(at + seconds * 1000).toISOString().replace("Z", "000+00:00");
  const host = n % 40 === 0 ? mark() : "mta";
  const line = (seconds: number, program: string, text: string): string =>
    `${stamp(seconds)} ${host} postfix/${program}[100]: ${text}\n`;
  const id = `4C${mark()}zPQ`;
  const sender = `${mark()}@${mark()}.test`;
  const domain = n % 7 === 0 ? `ü${mark()}.test` : `${mark()}.test`;
  const to = `${mark()}@${domain}`;
  const relay = `mx.${domain}[${address()}]:25`;
  const lines = [
    line(0, "smtpd", `${id}: client=${mark()}.test[${address()}], sasl_method=PLAIN, sasl_username=${mark()}`),
    line(0, "cleanup", `${id}: message-id=<${mark()}@${mark()}.test>`),
    line(
      0,
      "cleanup",
      `${id}: warning: header Subject: Your ${mark()} is late from ${mark()}.test[${address()}]; from=<${sender}> to=<${to}>`,
    ),
    line(0, "qmgr", `${id}: from=<${sender}>, size=1000, nrcpt=1 (queue active)`),
  ];
  const outcome = (status: string, code: string, says: string): string =>
    line(
      2,
      "smtp",
      `${id}: to=<${to}>, orig_to=<${mark()}@${mark()}.test>, relay=${relay}, delay=2, delays=1/0/0/1, dsn=${code}, status=${status} (${says})`,
    );
  if (n % 3 === 0)
    return [...lines, outcome("sent", "2.0.0", `250 2.0.0 Ok: queued as ${mark()}`), line(2, "qmgr", `${id}: removed`)];
  if (n % 3 === 1) return [...lines, outcome("deferred", "4.4.1", `connect to ${relay}: Connection refused ${mark()}`)];
  return [
    ...lines,
    outcome(
      "bounced",
      "5.1.1",
      `host ${relay} said: 550 5.1.1 <${to}>: ${mark()} unknown (in reply to RCPT TO command)`,
    ),
    line(3, "qmgr", `${id}: removed`),
    line(
      3,
      "smtpd",
      `NOQUEUE: reject: RCPT from ${mark()}.test[${address()}]: 450 4.7.1 <${mark()}@x.test>: Greylisted ${mark()}; from=<${sender}> to=<${to}> proto=ESMTP helo=<${mark()}.test>`,
    ),
  ];
}

const story = new Story();
const begin = clock("10:00:00");
const told: Report[] = [];
let routes: PublicRoutes;
let read = 0;
let asked: Asked;
/** What lookouts and mailtide make of names between them. */
let made: string[] = [];

beforeAll(async () => {
  const languages = await languagesNamed(await languageTags());
  routes = await openPublicRoutes(languages);
  const { known } = story;
  const endpoints = Array.from({ length: 4 }, () => `${mark()}.test:25`);
  known.endpoints.expect(endpoints, MINUTE);
  const observer = {
    blind: false,
    why: "",
    lastSeen: begin,
    sources: [
      {
        name: `/var/log/${mark()}.log`,
        kind: "log" as const,
        up: false,
        fault: `${mark()}: permission denied`,
        lastRead: begin,
        lag: 0,
        lines: undefined,
        rotations: 0,
        gapBytes: 0,
      },
    ],
  };
  for (let minute = 0; minute < 60; minute++) {
    const at = begin + minute * MINUTE;
    const lines = Array.from({ length: 15 }, (_, i) => message(at + i * 3000, minute * 15 + i)).flat();
    read += lines.length;
    record(known, bytesOf(lines.join("")));
    for (const endpoint of endpoints.slice(0, minute % 4)) {
      const words = `554 5.7.1 ${mark()} says no to ${address()}`;
      known.endpoints.record({
        endpoint,
        at,
        took: 20,
        stage: "banner",
        ours: false,
        code: 554,
        words,
        certificateEnds: undefined,
      });
    }
    if (minute % 20 !== 10) continue;
    story.list(new Date(at).toISOString().slice(11, 19), [
      {
        id: `4C${mark()}zPQ`,
        arrival: "10:00:00",
        sender: `${mark()}@x.test`,
        recipients: [[`${mark()}@${mark()}.test`, `why ${mark()}`]],
      },
    ]);
    told.push(story.at(at + 59_000, { languages, observer }));
  }
  const end = begin + HOUR;
  const inks = { mark, address };
  known.endpoints.record(await probeWith(inks, endpoints[0], end - MINUTE));
  // Our own server is away for the last minutes: what lookouts counted is news then.
  known.stopped(end - 8 * MINUTE);
  story.at(end - 6 * MINUTE, { languages, observer });
  made = hearLookoutsWith(inks, known, message(end - 10 * MINUTE, 0).join(""), end - 10_000);
  asked = await actWith(inks, known, end - 5000);
  told.push(story.at(end, { languages, observer }));
  told.push(
    story.at(begin + 3 * HOUR, { languages, observer: { ...observer, blind: true, why: `${mark()} is gone` } }),
  );
  told.push(story.at(begin + 30 * HOUR, { languages, observer }));
}, 120_000);
afterAll(() => routes.close());

test("the marks went in: ten thousand of them, and the administrator sees some", () => {
  expect(used).toBeGreaterThan(10_000);
  const { lines, messages, attempts } = told[3].totals;
  expect(lines.read + lines.foreign + lines.unsupported + lines.malformed).toBe(read);
  expect([lines.malformed, lines.unsupported]).toEqual([0, 0]);
  expect(messages.accepted).toBe(900);
  expect(attempts.bounced).toBe(300);
  const seen = new Set(JSON.stringify(toReportJson(told[3])).match(/zq\d{5}kx/g));
  expect(seen.size).toBeGreaterThan(500);
});

test("marks came in by the other doors, too, and what they say counts", async () => {
  const { mail } = told[3].senders ?? {};
  expect(mail?.counted).toMatchObject({ held: 200 });
  expect(told[3].public.atSenders?.messages).toBe(200);
  expect(made.length).toBeGreaterThan(1000);
  expect(told[3].endpoints?.endpoints[0].last?.words).toMatch(/zq\d{5}kx.* does not like you/);
  expect(asked.codes).toEqual([401, 400, 400, 404, 404, 400, 400, 404, 404, 200, 200, 200]);
  expect(told[3].public.open.map(({ name }) => name.en)).toContain("Webmail is slow");
  expect(told[3].public.windows.map(({ name }) => name.en)).toEqual(["New disks"]);
});

test("the outage is told to the public, so there is something to look through", () => {
  expect(told.map((report) => report.public.phase)).not.toContain("normal");
  expect(told.some((report) => report.public.open.length > 0)).toBe(true);
});

test("none of them is in any byte of any public address", async () => {
  let looked = 0;
  for (const report of told) {
    const answers = await routes.ask(report);
    expect(answers.length).toBeGreaterThan(20);
    for (const { address, bytes } of answers) {
      looked += bytes.length;
      expect(hidden(bytes), address).toEqual([]);
    }
  }
  expect(looked).toBeGreaterThan(100_000);
});

/** What must not be in public bytes and is: marks, what was made of them, and what only the operator knows. */
function hidden(bytes: string): string[] {
  const secrets = [...made, ...asked.secrets].filter((secret) => bytes.includes(secret));
  return [...traces(bytes), ...secrets];
}

test("none of them is in any file of the copy", async () => {
  const languages = await languagesNamed(await languageTags());
  const copy = await openSiteCopy(await discoverPublishers(), { version: "0.1.0", mta: "postfix", languages }, HOUR);
  let files = 0;
  for (const report of told) {
    for (const { name, body } of await copy.filesOf(report)) {
      files++;
      expect(hidden(`${name}\n${Buffer.from(body).toString("utf8")}`), name).toEqual([]);
    }
  }
  await copy.close();
  expect(files).toBeGreaterThan(100);
});

test("none of them is in any webhook", () => {
  let sent = 0;
  for (const { public: document } of told) {
    for (const news of newsIn(document)) {
      for (const form of ["standard", "slack"] as const) {
        sent++;
        expect(hidden(`${news.key}\n${messageOf(news, document, form)}`)).toEqual([]);
      }
    }
  }
  expect(sent).toBeGreaterThan(10);
});

test("what only the operator knows would be seen", () => {
  const [token, hash] = asked.secrets;
  expect(hidden(`by ${token}`)).not.toEqual([]);
  expect(hidden(`"${hash}"`)).not.toEqual([]);
  expect(hidden(`held for ${made[0]}`)).not.toEqual([]);
  expect(asked.secrets.length).toBeGreaterThan(4);
});

test.each([
  ["as it is", "x zq00001kx y"],
  ["in capitals", "ZQ00001KX"],
  ["in wide letters", "\uff5a\uff5100001\uff4b\uff58"],
  ["with percent signs", "%7Aq00001%6Bx"],
  ["with entities", "&#122;q00001&#x6b;x"],
  ["escaped", "\\u007aq00001kx"],
  ["in base64", `"${Buffer.from("from zq00001kx@x.test").toString("base64")}"`],
  ["in base64 at another place", Buffer.from("a zq00001kx@x.test").toString("base64url")],
  ["in hexadecimal", Buffer.from("zq00001kx").toString("hex")],
  ["in punycode", domainToASCII("üzq00001kx.test")],
  ["an address", "client 2001:DB8:1:2::1"],
  ["an address in full", "2001:0db8:0001:0002:0000:0000:0000:0001"],
  ["an address in base64", Buffer.from("[2001:db8:1:2::1]").toString("base64")],
  ["an older address", "192.0.2.7"],
  ["the reader's own", "203.0.113.9"],
])("a mark would be seen %s", (_, text) => {
  expect(traces(text)).not.toEqual([]);
});

test("text without a mark has none", () => {
  expect(traces('{"id":"k3m9x2p7q1za","at":"2026-11-05T15:00:00.000Z","etag":"AbC_dEf-123"} 2001 Nachrichten')).toEqual(
    [],
  );
});
