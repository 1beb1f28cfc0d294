// What goes over the wire, and where it may go.

import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import type { WebhookTarget } from "../../../src/publishers/publisher.ts";
import { addressFor, isPublicAddress } from "../../../src/publishers/webhook/address.ts";
import webhook from "../../../src/publishers/webhook/index.ts";
import { messageOf, newsIn } from "../../../src/publishers/webhook/message.ts";
import { sender } from "../../../src/publishers/webhook/send.ts";
import { incident, plannedWork, publicDocument, reportWith } from "../../support/public-news.ts";
import { outageStart } from "../../support/report.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

function target(over: Partial<WebhookTarget> = {}): WebhookTarget {
  return { name: "site", url: receiver.url, form: "standard", secret: "hush", allowPrivate: true, ...over };
}

const send = sender(async () => [{ address: "127.0.0.1", family: 4 }], "0.1.0", 500);
const delivery = { key: "incident.a.1", body: '{"a":"ü"}' };

test("a delivery is signed over its id, its time and its body", async () => {
  expect(await send(target(), delivery, outageStart)).toMatchObject({ ok: true });
  const [{ headers, body, path }] = receiver.received;
  expect([path, body]).toEqual(["/hook", delivery.body]);
  expect(headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "user-agent": "mailtide/0.1.0",
    "idempotency-key": "incident.a.1",
    "webhook-id": "incident.a.1",
    "webhook-timestamp": String(outageStart / 1000),
  });
  const expected = createHmac("sha256", "hush")
    .update(`incident.a.1.${outageStart / 1000}.${body}`)
    .digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
  const key = Buffer.from("a secret of bytes");
  await send(target({ secret: `whsec_${key.toString("base64")}` }), delivery, outageStart);
  const again = createHmac("sha256", key)
    .update(`incident.a.1.${outageStart / 1000}.${body}`)
    .digest("base64");
  expect(receiver.received[1].headers["webhook-signature"]).toBe(`v1,${again}`);
});

test("without a secret there is no signature to mistake for one", async () => {
  await send(target({ secret: undefined }), delivery, outageStart);
  expect(receiver.received[0].headers["webhook-signature"]).toBeUndefined();
});

test("the example of the guide verifies what is sent, and nothing else", async () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/publishing.md"), "utf8");
  const [, example = ""] = /```js\n([\s\S]*?function verified[\s\S]*?)```/.exec(guide) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "verified-"));
  await send(target(), delivery, outageStart);
  const [{ headers, body }] = receiver.received;
  const verified = (over: object, text: string, now = outageStart): string => {
    const call = `console.log(verified(${JSON.stringify({ ...headers, ...over })}, ${JSON.stringify(text)}, "hush", ${now / 1000}))`;
    writeFileSync(join(folder, "example.mjs"), `${example}\n${call}\n`);
    return execFileSync(process.execPath, [join(folder, "example.mjs")], { encoding: "utf8" }).trim();
  };
  expect(verified({}, body)).toBe("true");
  expect(verified({}, `${body} `)).toBe("false");
  expect(verified({ "webhook-id": "incident.a.2" }, body)).toBe("false");
  expect(verified({ "webhook-timestamp": String(outageStart / 1000 + 1) }, body)).toBe("false");
  expect(verified({ "webhook-signature": "v1,x" }, body)).toBe("false");
  // Taken down and sent again an hour later.
  expect(verified({}, body, outageStart + 3_600_000)).toBe("false");
  rmSync(folder, { recursive: true });
});

test.each([
  [500, false, false],
  [404, false, false],
  [410, false, true],
  [200, true, false],
  [202, true, false],
])("an answer of %d", async (code, ok, gone) => {
  receiver.answer = (response) => void response.writeHead(code).end("words");
  expect(await send(target(), delivery, outageStart)).toMatchObject({ ok, gone });
});

test("a redirect is not followed", async () => {
  receiver.answer = (response) => void response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
  const answered = await send(target(), delivery, outageStart);
  expect(answered).toMatchObject({ ok: false, why: "it answered 302, and redirects are not followed" });
  expect(receiver.received).toHaveLength(1);
});

test("Retry-After is read in seconds", async () => {
  receiver.answer = (response) => void response.writeHead(429, { "retry-after": "90" }).end();
  expect(await send(target(), delivery, outageStart)).toMatchObject({ ok: false, retryAfter: 90_000 });
});

test("who takes it and never answers, or answers without end, holds nothing up", async () => {
  receiver.answer = () => {};
  expect(await send(target(), delivery, outageStart)).toMatchObject({ ok: false, why: "no answer in time" });
  let stopped = false;
  receiver.answer = (response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write("x".repeat(65_536)), 5);
    response.on("close", () => {
      clearInterval(more);
      stopped = true;
    });
  };
  expect(await send(target(), delivery, outageStart)).toMatchObject({ ok: true });
  await expect.poll(() => stopped).toBe(true);
});

test("the connection goes to the address that was judged, asked for once, whatever the name means a moment later", async () => {
  let asked = 0;
  const once = sender(
    async () => {
      asked++;
      return [{ address: asked === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    },
    "0.1.0",
    500,
  );
  // No resolver knows this name: the connection can only have gone where it was told to.
  const url = `http://hooks.invalid:${receiver.port}/hook`;
  expect(await once(target({ url }), delivery, outageStart)).toMatchObject({ ok: true });
  expect([asked, receiver.received[0].headers.host]).toEqual([1, `hooks.invalid:${receiver.port}`]);
});

const parts = (...numbers: number[]): string => numbers.join(".");
const private_ = [
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "255.255.255.255",
  parts(10, 0, 0, 1),
  parts(172, 16, 0, 1),
  parts(192, 168, 1, 1),
  // Where clouds keep a machine's own credentials.
  parts(169, 254, 169, 254),
  parts(100, 64, 0, 1),
  parts(224, 0, 0, 1),
  "192.0.2.1",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "ff02::1",
  "2001:db8::1",
  "not an address",
  "0x7f.1",
];

test.each(private_)("%s is no address of the open Internet", async (address) => {
  expect(isPublicAddress(address)).toBe(false);
  await expect(addressFor("hooks.example.org", async () => [{ address, family: 4 }], false)).rejects.toThrow(
    "leads to a private address",
  );
});

test("an address of the open Internet is one", async () => {
  const open = parts(93, 184, 216, 34);
  expect(isPublicAddress(open)).toBe(true);
  expect(isPublicAddress("2606:2800:220:1::1")).toBe(true);
  expect(await addressFor("hooks.example.org", async () => [{ address: open, family: 4 }], false)).toEqual({
    address: open,
    family: 4,
  });
});

test.each([
  "http://127.0.0.1:9/",
  "http://[::1]:9/",
  "http://localhost:9/",
  "http://2130706433:9/",
  "http://0x7f.1:9/",
])("%s is refused without a connection", async (url) => {
  const real = sender(async () => [{ address: "127.0.0.1", family: 4 }], "0.1.0", 500);
  const answered = await real(target({ url, allowPrivate: false }), delivery, outageStart);
  expect(answered.why).toContain("leads to a private address");
  expect(receiver.received).toEqual([]);
});

test("a name with one private address among public ones is refused as a whole", async () => {
  const mixed = [
    { address: parts(93, 184, 216, 34), family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  await expect(addressFor("hooks.example.org", async () => mixed, false)).rejects.toThrow("private");
  await expect(addressFor("hooks.example.org", async () => [], true)).rejects.toThrow("has no address");
});

function newest(document: PublicDocument) {
  const news = newsIn(document).findLast(({ entry }) => entry.id === document.open[0]?.id);
  if (news === undefined) throw new Error("no news");
  return news;
}

test("the body says what happened, to what, and by whom, in every language", () => {
  const document = publicDocument();
  expect(JSON.parse(messageOf(newest(document), document, "standard"))).toEqual({
    type: "incident.monitoring",
    id: "incident.k3m9x2p7q1za.k3m9x2p7q1za-3",
    timestamp: "2026-11-05T14:35:00.000Z",
    data: {
      demonstration: false,
      service: "Email",
      incident: {
        id: "k3m9x2p7q1za",
        name: { en: "Email is not working", de: "E-Mail geht nicht" },
        status: "monitoring",
        url: "https://status.example.org/i/k3m9x2p7q1za",
        impact: "major",
        began: "2026-11-05T14:00:00.000Z",
        resolved: null,
        components: { receiving: "degraded_performance" },
      },
      update: {
        id: "k3m9x2p7q1za-3",
        at: "2026-11-05T14:35:00.000Z",
        status: "monitoring",
        by: "mailtide",
        text: document.open[0].updates[0].words,
      },
      next_update_by: "2026-11-05T16:00:00.000Z",
    },
  });
});

test("planned work has its times", () => {
  const document = publicDocument({ open: [], past: [], windows: [plannedWork()] });
  expect(JSON.parse(messageOf(newsIn(document)[0], document, "standard"))).toMatchObject({
    type: "maintenance.scheduled",
    data: { maintenance: { from: "2026-11-07T14:00:00.000Z", to: "2026-11-07T15:30:00.000Z" } },
  });
});

test("in Slack's form no word calls a channel, hides a link or opens a tag", () => {
  const evil = "*<!channel>* <https://ran.test|bank> & @here";
  const words = { en: evil };
  const update = { id: "u", at: outageStart, status: "identified", by: "operator", words } as const;
  const document = publicDocument({ open: [incident({ name: words, updates: [update] })], past: [], windows: [] });
  const { text } = JSON.parse(messageOf(newest(document), document, "slack")) as { text: string };
  expect(text).not.toMatch(/[<>]/);
  expect(text.split("\n")).toEqual([
    "* &lt;!channel&gt;  &lt;https://ran.test|bank&gt; &amp; @here*",
    "*&lt;!channel&gt;* &lt;https://ran.test|bank&gt; &amp; @here",
    "Email, Thursday, 5 November 2026 at 15:00 CET",
    "https://status.example.org/i/k3m9x2p7q1za",
  ]);
});

test("from the report to the receiver, over a restart, and never from a copy of the site", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-"));
  const site = { version: "0.1.0", mta: "postfix", languages: [], webhooks: [target()], folder };
  const open = (over = {}) => webhook.open({ web: undefined as never, ...site, ...over });
  const first = await open();
  first.publish(reportWith(publicDocument({ open: [] })));
  await first.close();
  // It was off when this happened.
  const second = await open();
  second.publish(reportWith());
  await expect.poll(() => receiver.received.length).toBe(3);
  await second.close();
  expect(receiver.received.map(({ headers }) => headers["idempotency-key"])).toEqual([
    "incident.k3m9x2p7q1za.k3m9x2p7q1za-1",
    "incident.k3m9x2p7q1za.k3m9x2p7q1za-2",
    "incident.k3m9x2p7q1za.k3m9x2p7q1za-3",
  ]);
  expect(second.counters?.()).toContainEqual({
    name: "mailtide_webhook_deliveries_total",
    labels: { webhook: "site", outcome: "delivered" },
    value: 3,
  });
  const copy = await open({ copy: { validFor: 1 } });
  copy.publish(reportWith(publicDocument({ open: [incident({ id: "another" })] })));
  await copy.close();
  expect(receiver.received).toHaveLength(3);
  rmSync(folder, { recursive: true });
});
