// The operator's API: nothing without a token, nothing for web pages, nothing that is not kept.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { operatorApi, prefix } from "../../../src/app/operator/api.ts";
import { Desk } from "../../../src/app/operator/desk.ts";
import { openOperator } from "../../../src/app/operator/operator.ts";
import { hashOf, newToken, tokenIn } from "../../../src/app/operator/tokens.ts";
import { Fault } from "../../../src/core/fault.ts";
import { MINUTE } from "../../../src/core/time.ts";
import { Service } from "../../support/service.ts";

const start = Date.UTC(2026, 10, 26, 12);
const token = newToken();

/** An API over a service, whose desk is served as soon as something is handed in. */
function opened(options: { keep?: () => void; loopback?: boolean } = {}) {
  const service = new Service(start);
  const desk = new Desk(service.site);
  const notes: string[] = [];
  const clock = { now: start };
  const api = operatorApi({
    hashes: [hashOf(newToken()), hashOf(token)],
    loopback: options.loopback ?? true,
    clock: () => clock.now,
    submit(act) {
      const answer = desk.submit(act);
      desk.serve(service.known, clock.now, options.keep ?? (() => {}));
      return answer;
    },
    book: () => service.known.said.book,
    note: (text) => void notes.push(text),
  });
  const ask = (method: "GET" | "POST" | "PUT", path: string, body?: object, headers: Record<string, string> = {}) =>
    api.inject({
      method,
      url: `${prefix}/${path}`,
      headers: { host: "127.0.0.1:9787", authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
  return { service, clock, notes, api, ask };
}

const incident = { title: "Webmail is down", text: "We are looking into it." };

test("an incident is opened, updated and resolved, and the public sees each word", async () => {
  const { service, ask, notes } = opened();
  const made = await ask("POST", "incidents", { ...incident, components: { receiving: "major_outage" } });
  expect(made.statusCode).toBe(200);
  const { id } = made.json<{ id: string }>();
  expect(id).toMatch(/^[a-z0-9]{12}$/);
  expect(service.at(start + MINUTE).public.open[0]).toMatchObject({ id, name: { en: "Webmail is down" } });
  expect((await ask("POST", `incidents/${id}/updates`, { text: "A disk.", status: "identified" })).statusCode).toBe(
    200,
  );
  expect((await ask("POST", `incidents/${id}/resolve`, { text: "It works." })).statusCode).toBe(200);
  const past = service.at(start + 2 * MINUTE).public.past[0];
  expect(past.updates.map(({ words }) => words.en)).toEqual(["It works.", "A disk.", "We are looking into it."]);
  expect(notes.join()).not.toContain(token);
  const list = (await ask("GET", "incidents")).json<{ incidents: { id: string; status: string }[] }>();
  expect(list.incidents).toEqual([expect.objectContaining({ id, status: "resolved" })]);
});

describe("who is let in", () => {
  test.each<[string, Record<string, string>, number]>([
    ["no token", { authorization: "" }, 401],
    ["a wrong token", { authorization: `Bearer ${newToken()}` }, 401],
    ["a token that is none", { authorization: "Bearer ü" }, 401],
    ["a hash in place of its token", { authorization: `Bearer ${hashOf(token)}` }, 401],
    ["a web page", { origin: "http://127.0.0.1:9787" }, 403],
    ["a browser", { "sec-fetch-site": "none" }, 403],
    ["by a name that points here", { host: "rebound.example.org" }, 403],
    ["the token", {}, 200],
  ])("%s: %i", async (_name, headers, code) => {
    const { ask, service } = opened();
    const answer = await ask("POST", "incidents", incident, headers);
    expect(answer.statusCode).toBe(code);
    expect(service.incidents).toHaveLength(code === 200 ? 1 : 0);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    if (code === 401) expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  test("who tries many tokens is not listened to for the rest of a minute, with the right one either", async () => {
    const { ask, clock } = opened();
    const wrong = { authorization: `Bearer ${newToken()}` };
    for (let i = 0; i < 10; i++) expect((await ask("GET", "incidents", undefined, wrong)).statusCode).toBe(401);
    const answer = await ask("GET", "incidents");
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers["retry-after"])).toBe(60);
    clock.now += MINUTE;
    expect((await ask("GET", "incidents")).statusCode).toBe(200);
  });

  test("what is not there says no more to a stranger than what is", async () => {
    const { ask } = opened();
    const stranger = { authorization: "" };
    expect((await ask("GET", "nothing", undefined, stranger)).statusCode).toBe(401);
    expect((await ask("GET", "nothing")).statusCode).toBe(404);
  });
});

describe("what is refused", () => {
  test.each<[string, "POST" | "PUT", string, object, number, RegExp]>([
    ["a key that is not known", "POST", "incidents", { ...incident, surprise: 1 }, 400, /key/],
    ["no title", "POST", "incidents", { text: "x" }, 400, /"title"/],
    ["a title of nothing that can be seen", "POST", "incidents", { title: "\u202e\u0007 \u200b" }, 400, /title/],
    [
      "a component that is none",
      "POST",
      "incidents",
      { ...incident, components: { fax: "major_outage" } },
      400,
      /receiving, sending/,
    ],
    [
      "__proto__",
      "POST",
      "incidents",
      JSON.parse('{"title":"x","components":{"__proto__":"major_outage"}}') as object,
      400,
      /./,
    ],
    ["a promise of the past", "POST", "incidents", { ...incident, nextBy: "2026-11-26T11:00:00Z" }, 400, /later/],
    ["an incident that is not there", "POST", "incidents/000000000000/updates", { text: "x" }, 404, /None is open/],
    [
      "work that ends before it begins",
      "POST",
      "maintenance",
      { from: "2026-11-28T22:00:00Z", to: "2026-11-28T21:00:00Z" },
      400,
      /later end/,
    ],
    [
      "work that is over",
      "POST",
      "maintenance",
      { from: "2026-11-20T21:00:00Z", to: "2026-11-20T22:00:00Z" },
      400,
      /over already/,
    ],
    [
      "a rule that is none",
      "POST",
      "maintenance/rules",
      { cron: "every day", zone: "UTC", minutes: 30 },
      400,
      /0 22 \* \* 6/,
    ],
    [
      "a zone that is none",
      "POST",
      "maintenance/rules",
      { cron: "0 22 * * 6", zone: "Middle/Earth", minutes: 30 },
      400,
      /zone/,
    ],
    [
      "windows that overlap each other",
      "POST",
      "maintenance/rules",
      { cron: "*/5 * * * *", zone: "UTC", minutes: 30 },
      400,
      /shorter/,
    ],
    [
      "a hole of the future",
      "POST",
      "restore-holes",
      { from: "2026-11-26T10:00:00Z", to: "2026-11-27T10:00:00Z" },
      400,
      /future/,
    ],
    ["what mailtide judges itself", "PUT", "components/receiving", { state: "operational" }, 409, /incident open/],
  ])("%s", async (_name, method, path, body, code, says) => {
    const { ask, service } = opened();
    const before = service.known.said.book;
    const answer = await ask(method, path, body);
    expect(answer.statusCode).toBe(code);
    expect(answer.json<{ says: string }>().says).toMatch(says);
    expect(service.known.said.book).toBe(before);
  });

  test("long bodies, and what is not JSON", async () => {
    const { api, ask } = opened();
    expect((await ask("POST", "incidents", { title: "x", text: "x".repeat(20_000) })).statusCode).toBe(413);
    const headers = { host: "[::1]:9787", authorization: `Bearer ${token}`, "content-type": "text/plain" };
    const answer = await api.inject({ method: "POST", url: `${prefix}/incidents`, headers, payload: "title=x" });
    expect(answer.statusCode).toBe(415);
  });

  test("what cannot be kept did not happen, and is not said to have", async () => {
    const keep = (): void => {
      throw new Fault("state-unwritable", "The disk is full.", "Make room.");
    };
    const { ask, service } = opened({ keep });
    const answer = await ask("POST", "incidents", incident);
    expect(answer.statusCode).toBe(503);
    expect(answer.json<{ says: string }>().says).toMatch(/Nothing was changed.*disk is full/);
    expect(service.incidents).toEqual([]);
  });
});

describe("where it listens", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "operator-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const desk = { submit: () => Promise.reject(new Error("not asked")) };
  const log = { note: () => {}, warn: () => {} };
  const open = (listen: string, tokens: string[] = []) =>
    openOperator(
      { operator: { listen, tokens }, state: join(folder, "state.sqlite") },
      desk,
      () => new Service(start).known.said.book,
      log,
    );

  test.each(["0.0.0.0:0", "[::]:0", "192.0.2.7:9787", "mail.example.org:9787"])(
    "%s without a token: refused",
    async (address) => {
      await expect(open(address)).rejects.toThrow(/others can reach, and no token is set/);
    },
  );

  test("with a token it does, and the token of the file is none for others", async () => {
    tokenIn(join(folder, "operator.token"));
    const operator = await open("0.0.0.0:0", [hashOf(token)]);
    const port = Number(new URL(operator?.url ?? "").port);
    const ask = async (one: string): Promise<number> => {
      const url = `http://127.0.0.1:${port}${prefix}/incidents`;
      return (await fetch(url, { headers: { authorization: `Bearer ${one}`, "sec-fetch-mode": "cors" } })).status;
    };
    try {
      expect(await ask(token)).toBe(200);
      expect(await ask(tokenIn(join(folder, "operator.token")))).toBe(401);
    } finally {
      await operator?.close();
    }
  });

  test("on loopback it makes a token of its own, for its own user alone", async () => {
    const operator = await open("127.0.0.1:0");
    await operator?.close();
    const file = join(folder, "operator.token");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    expect(tokenIn(file)).toBe(readFileSync(file, "utf8").trim());
  });

  test("none: it does not", async () => {
    expect(await open("none")).toBeUndefined();
  });
});
