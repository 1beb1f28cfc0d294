// The operator's commands as they are typed: beside a running mailtide, without one, at a wrong place, by the wrong user, and
// while mailtide is killed.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import postfix from "../../../collectors/dialects/postfix/index.ts";
import { prefix } from "../../../src/app/operator/api.ts";
import { tokenIn } from "../../../src/app/operator/tokens.ts";
import { Observation } from "../../../src/core/observation.ts";
import type { Incident } from "../../../src/core/status/incidents/incident.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { type MailtideChild, startMailtide } from "../../support/mailtide-child.ts";
import { until } from "../../support/postfix-sandbox.ts";

let folder = "";
let state = "";
let server: MailtideChild | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "operator-"));
  state = join(folder, "state", "state.sqlite");
});
afterEach(async () => {
  server?.kill("SIGKILL");
  await server?.ended();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A port that nobody listens on: privileged, and never given to anything. */
const nobody = "127.0.0.1:2";

async function run(
  args: readonly string[],
  environment: Record<string, string> = {},
  through: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = startMailtide(
    args,
    { MAILTIDE_STATE: state, MAILTIDE_OPERATOR_LISTEN: nobody, ...environment },
    through,
  );
  const code = await child.ended();
  return { code, text: child.printed() };
}

/** A state file as a mailtide leaves it that has run once. */
function hasRun(): void {
  mkdirSync(dirname(state), { recursive: true });
  const known = new Observation(postfix.defaultSchedule);
  const store = openSqliteStore(state);
  store.commit({ at: Date.now(), version: Observation.version, cursors: [], parts: known.save() });
  store.close();
}

function incidents(): readonly Incident[] {
  const store = openSqliteStore(state, { readOnly: true });
  try {
    return Observation.restore(store.load()?.parts ?? new Map()).said.book.incidents;
  } finally {
    store.close();
  }
}

/** Starts mailtide on an empty log; answers where its operator's API is. */
async function serve(environment: Record<string, string> = {}): Promise<string> {
  const log = join(folder, "mail.log");
  writeFileSync(log, "");
  server = startMailtide(["serve"], {
    MAILTIDE_LOGS: log,
    MAILTIDE_MTA_QUEUE_DIRECTORY: join(folder, "nowhere"),
    MAILTIDE_STATE: state,
    MAILTIDE_LISTEN: "127.0.0.1:0",
    MAILTIDE_OPERATOR_LISTEN: "127.0.0.1:0",
    MAILTIDE_INTERVAL: "1s",
    ...environment,
  });
  return server.operatorApi();
}

test("no mailtide runs: the act goes into its state file, which says so, and is there when it runs", async () => {
  hasRun();
  const opened = await run(["incident", "open", "Webmail is down", "--text", "A disk."]);
  expect(opened.text).toMatch(/^[a-z0-9]{12} {2}The incident is open\.\nmailtide does not run: this is kept in /);
  expect(opened.code).toBe(0);
  const listed = await run(["incident", "list"]);
  expect([listed.code, listed.text]).toEqual([0, expect.stringContaining("Webmail is down")]);
  await serve();
  const { body } = (await server?.get("/api/v2/incidents/unresolved.json")) ?? { body: "" };
  expect(body).toContain("Webmail is down");
});

test("a wrong path: nothing is made there, and the way to the right one is said", async () => {
  for (const args of [
    ["incident", "open", "Webmail is down"],
    ["incident", "list"],
    ["maintenance", "list"],
  ]) {
    const { code, text } = await run(args);
    expect(code).toBe(2);
    expect(text).toContain(`there is no state file ${state}`);
    expect(text).toMatch(/-c FILE or MAILTIDE_CONFIG/);
    expect(text).not.toMatch(/at .*\.ts:\d+/);
  }
  expect(existsSync(dirname(state))).toBe(false);
});

test("a state file that is none is left as it is", async () => {
  mkdirSync(dirname(state));
  writeFileSync(state, "a letter to my aunt\n".repeat(100));
  const { code, text } = await run(["incident", "open", "Webmail is down"]);
  expect(code).toBe(2);
  expect(text).toMatch(/state-corrupt/);
});

const root = process.getuid?.() === 0;
const nobodyElse = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];

function nobodyReads(): boolean {
  const [first, ...rest] = nobodyElse;
  return spawnSync(first, [...rest, "test", "-r", import.meta.filename]).status === 0;
}

test.skipIf(!root)(
  "by another user: refused with the next step, and nothing is left behind (skipped unless run by root)",
  async ({ skip }) => {
    hasRun();
    const nobodyElse = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];
    const probe = spawn(nobodyElse[0], [...nobodyElse.slice(1), "test", "-r", import.meta.filename]);
    const [readable] = (await once(probe, "close")) as [number];
    if (readable !== 0) skip("the user nobody may not read this folder");
    chmodSync(folder, 0o755);
    for (const mode of [0o700, 0o755]) {
      chmodSync(dirname(state), mode);
      for (const name of readdirSync(dirname(state))) chmodSync(join(dirname(state), name), 0o600);
      const before = readdirSync(dirname(state));
      const { code, text } = await run(["incident", "open", "Webmail is down"], {}, nobodyElse);
      expect([code, text]).toEqual([2, expect.stringMatching(/as mailtide's user|let this user write there/)]);
      expect(text).not.toMatch(/at .*\.ts:\d+/);
      expect(readdirSync(dirname(state))).toEqual(before);
    }
    // Its own token, but not this user's to read: the running one is not asked.
    tokenIn(join(dirname(state), "operator.token"));
    const { code, text } = await run(["incident", "open", "Webmail is down"], {}, nobodyElse);
    expect([code, text]).toEqual([2, expect.stringMatching(/operator\.token cannot be read/)]);
    expect(incidents()).toEqual([]);
  },
);

test("a running mailtide is asked, and keeps the act before it answers; whoever cannot reach it does not write behind its back", async () => {
  const url = await serve();
  const listen = new URL(url).host;
  const opened = await run(["incident", "open", "Webmail is down"], { MAILTIDE_OPERATOR_LISTEN: listen });
  expect(opened.code).toBe(0);
  expect(opened.text).toMatch(/^[a-z0-9]{12} {2}The incident is open\.\n$/);
  expect(incidents().map(({ title }) => title)).toEqual(["Webmail is down"]);
  const elsewhere = await run(["incident", "open", "Another"]);
  expect(elsewhere.code).toBe(2);
  expect(elsewhere.text).toMatch(/in use by another mailtide/);
  const wrong = await run(["incident", "list"], {
    MAILTIDE_OPERATOR_LISTEN: listen,
    MAILTIDE_OPERATOR_TOKEN: "x".repeat(43),
  });
  expect([wrong.code, wrong.text]).toEqual([2, expect.stringMatching(/does not let this in/)]);
  // Killed without a word: what was answered is there.
  server?.kill("SIGKILL");
  await server?.ended();
  expect(incidents().map(({ title }) => title)).toEqual(["Webmail is down"]);
});

test("where `mailtide start` keeps its state for who may not write to the usual place, the commands find it", async ({
  skip,
}) => {
  if (root && !nobodyReads()) skip("the user nobody may not read this folder");
  const home = join(folder, "home");
  state = join(home, ".local", "state", "mailtide", "state.sqlite");
  hasRun();
  if (root) spawnSync("chown", ["-R", "nobody:nogroup", home]);
  chmodSync(folder, 0o755);
  const usual = { MAILTIDE_STATE: "/var/lib/mailtide/state.sqlite", HOME: home };
  const opened = await run(["incident", "open", "Webmail is down"], usual, root ? nobodyElse : []);
  expect([opened.code, opened.text]).toEqual([0, expect.stringContaining(`this is kept in ${state}`)]);
  expect(incidents()).toHaveLength(1);
});

test("killed when the act is kept and not answered yet: the command hears what was done, and it was done once", async () => {
  mkdirSync(dirname(state));
  const child = spawn(process.execPath, [join(import.meta.dirname, "killed-child.ts"), state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (piece: Buffer) => {
    printed += piece.toString();
  });
  const ended = once(child, "close");
  await until("it listens", () => printed.includes("\n"));
  const opened = await run(["incident", "open", "Webmail is down"], {
    MAILTIDE_OPERATOR_LISTEN: new URL(printed.trim()).host,
  });
  expect((await ended)[1]).toBe("SIGKILL");
  expect(opened.code).toBe(0);
  const [incident, ...others] = incidents();
  expect(others).toEqual([]);
  expect(opened.text).toContain(`${incident.id}  The incident is open.`);
});

test("a request that is sent again with its key is done once, over a restart too; without one, or with other words, it is another", async () => {
  const ask = async (url: string, title: string, key?: string): Promise<string> => {
    const answer = await fetch(`${url}${prefix}/incidents`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokenIn(join(dirname(state), "operator.token"))}`,
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: JSON.stringify({ title }),
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { id: string }).id;
  };
  const first = await serve();
  const id = await ask(first, "Webmail is down", "k-1");
  expect(await ask(first, "Webmail is down", "k-1")).toBe(id);
  server?.kill("SIGKILL");
  await server?.ended();
  const second = await serve();
  expect(await ask(second, "Webmail is down", "k-1")).toBe(id);
  const others = [await ask(second, "Webmail is down"), await ask(second, "Signing in is slow", "k-1")];
  expect(new Set([id, ...others]).size).toBe(3);
  expect(incidents()).toHaveLength(3);
});
