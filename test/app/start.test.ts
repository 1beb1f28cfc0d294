// What `mailtide start` and `mailtide serve` begin with: the real thing, a demonstration that says what it is, or a clear error.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { loadConfig } from "../../src/app/config.ts";
import { words } from "../../src/app/demonstration/demonstration.ts";
import { logsOf } from "../../src/app/serve.ts";
import { choose, onLoopback } from "../../src/app/start.ts";
import { Fault } from "../../src/core/fault.ts";
import { type MailtideChild, startMailtide } from "../support/mailtide-child.ts";
import { until } from "../support/postfix-sandbox.ts";

function machine(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "machine-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const config = (environment: Readonly<Record<string, string>> = {}) => loadConfig(undefined, environment);
const line = "Nov 22 06:30:21 mta postfix/qmgr[1]: 4F00: removed\n";

describe("on a machine", () => {
  test("with a mail server and its log, that is followed", async () => {
    const root = machine({ "/etc/postfix/main.cf": "", "/var/log/maillog": line });
    expect(await choose(config(), root)).toMatchObject({
      found: "Postfix",
      serve: { logs: [join(root, "/var/log/maillog")], mta: { dialect: "postfix" } },
    });
  });

  test("with an empty log and another with lines in it, the latter is followed", async () => {
    const root = machine({ "/usr/sbin/postfix": "", "/var/log/mail.log": "", "/var/log/maillog": line });
    expect(await choose(config(), root)).toMatchObject({ serve: { logs: [join(root, "/var/log/maillog")] } });
  });

  test("with a mail server that has no log, it says so", async () => {
    expect(await choose(config(), machine({ "/etc/postfix/main.cf": "" }))).toEqual({
      serve: undefined,
      why: "Postfix is installed here, but it has no log in any usual place",
    });
  });

  test("with an empty log only, it names it", async () => {
    const root = machine({ "/etc/postfix/main.cf": "", "/var/log/mail.log": "" });
    expect(await choose(config(), root)).toEqual({
      serve: undefined,
      why: `Postfix is installed here, but its log ${join(root, "/var/log/mail.log")} is empty or may not be read`,
    });
  });

  test("with a log but no mail server, and with nothing at all, it says so", async () => {
    for (const files of [{ "/var/log/mail.log": line }, {}]) {
      expect(await choose(config(), machine(files))).toEqual({
        serve: undefined,
        why: "there is no mail server on this machine",
      });
    }
  });

  test("what is configured goes before what is found", async () => {
    const root = machine({ "/etc/postfix/main.cf": "", "/var/log/mail.log": line });
    const choice = await choose(config({ MAILTIDE_LOGS: "/srv/mail.log" }), root);
    expect(choice).toMatchObject({ found: undefined, serve: { logs: ["/srv/mail.log"] } });
    const odd = config({ MAILTIDE_LOGS: "/srv/mail.log", MAILTIDE_MTA_DIALECT: "carrier-pigeon" });
    await expect(choose(odd, root)).rejects.toMatchObject({ code: "dialect-unknown" });
  });
});

test.each([
  ["0.0.0.0:9786", "127.0.0.1:9786"],
  ["[::]:80", "127.0.0.1:80"],
  ["192.0.2.7:1", "127.0.0.1:1"],
  ["[::1]:9786", "[::1]:9786"],
  ["localhost:1", "localhost:1"],
  ["9786", "9786"],
])("a demonstration that nobody asked for turns %s into %s", (told, bound) => {
  expect(onLoopback(told)).toBe(bound);
});

describe("mailtide serve", () => {
  test("without a log in any usual place is a fault that says how to name one", () => {
    const nowhere = { ...postfix, usualLogs: ["/nowhere/mail.log", "/nowhere/maillog"] };
    expect(() => logsOf(config(), nowhere)).toThrow(Fault);
    expect(() => logsOf(config(), nowhere)).toThrow(
      "no log of Postfix was found (looked for /nowhere/mail.log, /nowhere/maillog)",
    );
  });

  test("without a source ends with 2, and never shows a demonstration", async ({ skip }) => {
    const somewhere = postfix.usualLogs.find((path) => existsSync(path));
    if (somewhere !== undefined) skip(`this machine has a source: ${somewhere}`);
    const folder = machine({ "/mailtide.yml": "" });
    const child = startMailtide(["serve", "--config", join(folder, "mailtide.yml"), "--listen", "127.0.0.1:0"]);
    expect(await child.ended()).toBe(2);
    expect(child.printed()).toMatch(
      /^mailtide: .*no log of Postfix was found \(looked for \/var\/log\/mail\.log, .*\)\. \(source-missing\)\n {2}Name the log /,
    );
    expect(child.printed()).not.toMatch(/demonstration|recorded|Serving/i);
    expect(child.printed()).not.toMatch(/^ {4}at /m);
  });

  test.each([
    [
      "a port of somebody else",
      { MAILTIDE_LISTEN: "192.0.2.1:9786" },
      /192\.0\.2\.1 is not an address of this machine/,
    ],
    [
      "an unknown mail server",
      { MAILTIDE_MTA_DIALECT: "carrier-pigeon" },
      /there is no dialect "carrier-pigeon"\. \(dialect-unknown\)\n.*: postfix\.$/m,
    ],
    ["a state that cannot be kept", { MAILTIDE_STATE: "/dev/null/state.sqlite" }, /state.*\/dev\/null/],
  ])("with %s ends with 2 and a sentence", async (_what, wrong, sentence) => {
    const log = join(machine({ "/mail.log": line }), "mail.log");
    const child = startMailtide(["serve"], { MAILTIDE_LOGS: log, MAILTIDE_STATE: "none", ...wrong });
    expect(await child.ended()).toBe(2);
    expect(child.printed()).toMatch(sentence);
    expect(child.printed()).not.toMatch(/^ {4}at /m);
  });
});

describe("the demonstration", () => {
  let child: MailtideChild;
  beforeAll(async () => {
    child = startMailtide(["start", "--demonstration", "--listen", "127.0.0.1:0"]);
    await until("there is something to see", async () => (await child.get("/-/ready")).code === 200);
  });
  afterAll(async () => {
    child.kill("SIGTERM");
    expect(await child.ended()).toBe(0);
  });

  test("says what it is on the terminal, first of all", () => {
    const flat = child.printed().replace(/\s+/g, " ");
    expect(flat).toContain(`DEMONSTRATION: ${words}`);
    expect(flat.indexOf("DEMONSTRATION")).toBeLessThan(flat.indexOf("Serving"));
    expect(child.printed()).toMatch(/\/notice\.txt/);
  });

  test("says what it is in the notice and on the page", async () => {
    expect((await child.get("/notice.txt")).body).toMatch(/^[^\n]*demonstration/i);
    expect((await child.get("/")).body).toMatch(/demonstration/i);
  });

  test("says what it is to programs", async () => {
    expect(JSON.parse((await child.get("/api/v1/report")).body)).toMatchObject({ demonstration: words });
    const { body } = await child.get("/metrics");
    const series = body.split("\n").filter((text) => /^mailtide_/.test(text));
    expect(series.length).toBeGreaterThan(100);
    expect(series.filter((text) => !text.includes('demonstration="true"'))).toEqual([]);
  });

  test("has a clear time and a sentence at once", async () => {
    const { forecast, status } = JSON.parse((await child.get("/api/v1/report")).body) as {
      forecast: { state: string; latest: string | null };
      status: { headline: string; sentence: string };
    };
    expect(["draining", "waiting"]).toContain(forecast.state);
    expect(Date.parse(forecast.latest ?? "")).toBeGreaterThan(0);
    expect(status.headline).not.toBe("");
    expect(child.printed().replace(/\s+/g, " ")).toContain(status.headline);
  });

  test("is bound to this machine only", async () => {
    const url = new URL(await child.url());
    expect(url.hostname).toBe("127.0.0.1");
    const others = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    for (const { address } of others) await expect(fetch(`http://${address}:${url.port}/`)).rejects.toThrow();
  });
});
