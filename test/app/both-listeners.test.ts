// The public site and the operator's API of the real program: two listeners, each refusing what it should in the same way, with
// the headers of every answer and without a word of what is inside.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operatorApi, prefix } from "../../src/app/operator/api.ts";
import { hashOf, newToken } from "../../src/app/operator/tokens.ts";
import { listen } from "../../src/app/web.ts";
import { emptyBook } from "../../src/core/status/incidents/book.ts";
import { type MailtideChild, startMailtide } from "../support/mailtide-child.ts";
import { until } from "../support/postfix-sandbox.ts";

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are and hears until the other side hangs up. */
function talk(url: string, bytes: string): Promise<Answer> {
  return new Promise((done, fail) => {
    let heard = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => void socket.write(bytes, "latin1"));
    socket.on("data", (piece: Buffer) => {
      heard += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      const [head, ...rest] = heard.split("\r\n\r\n");
      const [first = "", ...lines] = head.split("\r\n");
      const code = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
      if (Number.isNaN(code)) return fail(new Error(`no answer: ${heard.slice(0, 200)}`));
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
      );
      done({ code, headers, body: rest.join("\r\n\r\n") });
    });
  });
}

/** What holds of every answer of both, whatever it is. */
function expectGuarded({ headers, body }: Answer): void {
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(headers["x-powered-by"] ?? headers.server).toBeUndefined();
  expect(body).not.toMatch(/node:|node_modules|\.ts:|\bat \S+ \(|FST_|HPE_|Error:/);
}

let folder = "";
let server: MailtideChild;
let site = "";
let api = "";
let token = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "listeners-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "postqueue"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  writeFileSync(join(folder, "mail.log"), "");
  server = startMailtide(["serve"], { ...around(), MAILTIDE_OPERATOR_LISTEN: "127.0.0.1:0" });
  site = await server.url();
  api = await server.operatorApi();
  token = readFileSync(join(folder, "operator.token"), "utf8").trim();
  await until("it has something to say", async () => (await server.get("/notice.txt")).code === 200);
});
afterAll(async () => {
  server.kill("SIGKILL");
  await server.ended();
  rmSync(folder, { recursive: true, force: true });
});

function around(): Record<string, string> {
  return {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    MAILTIDE_LOGS: join(folder, "mail.log"),
    MAILTIDE_MTA_QUEUE_DIRECTORY: join(folder, "nowhere"),
    MAILTIDE_STATE: join(folder, "state.sqlite"),
    MAILTIDE_LISTEN: "127.0.0.1:0",
  };
}

/** A request in one piece, after which the line is closed. */
function request(line: string, headers: Record<string, string> = {}, body = ""): string {
  const all = { host: "127.0.0.1", connection: "close", "content-length": String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

const hostile = "secret-zq00001kx<script>";

describe.each(["the public site", "the operator's API"])("%s", (which) => {
  const isSite = which === "the public site";
  const url = (): string => (isSite ? site : api);
  const path = isSite ? "/" : `${prefix}/incidents`;
  const allowed = (): Record<string, string> => (isSite ? {} : { authorization: `Bearer ${token}` });

  test.each<[string, () => string, number]>([
    ["headers that are too long", () => request(`GET ${path}`, { "x-long": hostile.repeat(800), ...allowed() }), 431],
    ["an address that is too long", () => request(`GET /${"x".repeat(9000)}`, allowed()), 431],
    ["what is no HTTP", () => `\x16\x03\x01\x02\x00 ${hostile}\r\n\r\n`, 400],
    ["a header that is none", () => `GET ${path} HTTP/1.1\r\nhost: x\r\n${hostile}\r\n\r\n`, 400],
    ["two lengths", () => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`, 400],
    ["no host", () => `GET ${path} HTTP/1.1\r\nconnection: close\r\n\r\n`, 400],
    ["an expectation", () => request(`GET ${path}`, { expect: hostile, ...allowed() }), 417],
    ["an address that cannot be read", () => request(`GET /%ff${hostile}`, allowed()), 400],
    ["what is not there", () => request("GET /nothing-of-the-kind", allowed()), 404],
    ["another method", () => request(`DELETE ${path}`, allowed()), 404],
    [
      "a body that is too large",
      () => request(`POST ${path}`, { "content-type": "application/json", ...allowed() }, `"${"x".repeat(20_000)}"`),
      413,
    ],
    ["what is asked for", () => request(`GET ${path}`, allowed()), 200],
  ])("%s", async (_, bytes, code) => {
    const answer = await talk(url(), bytes());
    expect(answer.code).toBe(code);
    expectGuarded(answer);
    if (code < 400) return;
    expect(answer.body).not.toContain("zq00001kx");
    expect(answer.headers["content-type"]).toMatch(isSite ? /^text\/plain; charset=utf-8$/ : /^application\/json/);
    if (!isSite) expect(JSON.parse(answer.body)).toEqual({ says: expect.stringMatching(/\.$|: see/) });
  });
});

test("a rush on the public site: 429 with when to come again, and others are still served", async () => {
  const from = (address: string): Promise<Response> =>
    fetch(`${site}/api/v2/status.json`, { headers: { "x-forwarded-for": address } });
  let refused: Response | undefined;
  for (let i = 0; i < 1300 && refused === undefined; i++) {
    const answer = await from("192.0.2.7");
    const body = await answer.text();
    if (answer.status === 429) {
      refused = answer;
      expectGuarded({ code: 429, headers: Object.fromEntries(answer.headers), body });
    } else expect(answer.status).toBe(200);
  }
  expect(refused?.status).toBe(429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await from("192.0.2.8")).status).toBe(200);
});

test("many wrong tokens: 429 with when to come again, for whoever sent them and nobody else", async () => {
  const ask = (one: string, address: string): Promise<Answer> =>
    talk(api, request(`GET ${prefix}/incidents`, { authorization: `Bearer ${one}`, "x-forwarded-for": address }));
  for (let i = 0; i < 10; i++) {
    const answer = await ask(newToken(), `2001:db8:7:7::${i}`);
    expect(answer.code).toBe(401);
    expectGuarded(answer);
  }
  // Another address of the same network is the same sender.
  const refused = await ask(token, "2001:db8:7:7::99");
  expect(refused.code).toBe(429);
  expectGuarded(refused);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(60);
  expect((await ask(token, "2001:db8:7:8::1")).code).toBe(200);
});

test("neither serves what is the other's", async () => {
  const authorization = `Bearer ${token}`;
  expect((await talk(site, request(`GET ${prefix}/incidents`, { authorization }))).code).toBe(404);
  for (const path of ["/", "/metrics", "/api/v2/summary.json", "/api/v1/report"]) {
    expect((await talk(api, request(`GET ${path}`))).code).toBe(401);
    expect((await talk(api, request(`GET ${path}`, { authorization }))).code).toBe(404);
  }
});

test("whoever sends slowly to the operator's API is cut, with an answer, and others are served meanwhile", async () => {
  const held = newToken();
  const open = operatorApi({
    hashes: [hashOf(held)],
    loopback: true,
    patience: 200,
    clock: () => 0,
    submit: () => Promise.reject(new Error("not asked")),
    book: () => emptyBook,
    note: () => {},
  });
  const url = await listen(open, { host: "127.0.0.1", port: 0 });
  const authorization = `Bearer ${held}`;
  const slow = [
    ...Array.from({ length: 20 }, () => talk(url, `GET ${prefix}/incidents HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: `)),
    // Headers in whole, and a body that never comes.
    talk(
      url,
      request(`POST ${prefix}/incidents`, {
        authorization,
        "content-type": "application/json",
        "content-length": "90",
      }),
    ),
  ];
  expect((await talk(url, request(`GET ${prefix}/incidents`, { authorization }))).code).toBe(200);
  for (const answer of await Promise.all(slow)) {
    expect(answer.code).toBe(408);
    expectGuarded(answer);
  }
  await open.close();
});

test("on an address that others can reach it does not start without a token, and does with one", async () => {
  const second = { ...around(), MAILTIDE_STATE: "none", MAILTIDE_OPERATOR_LISTEN: "0.0.0.0:0" };
  const refused = startMailtide(["serve"], second);
  expect(await refused.ended()).toBe(2);
  expect(refused.printed()).toMatch(/0\.0\.0\.0:0, which others can reach, and no token is set/);
  expect(refused.printed()).toMatch(/mailtide operator token/);
  expect(refused.printed()).not.toMatch(/Serving|\.ts:\d+/);
  const allowed = startMailtide(["serve"], { ...second, MAILTIDE_OPERATOR_TOKENS: hashOf(newToken()) });
  try {
    expect(await allowed.operatorApi()).toMatch(/^http:/);
  } finally {
    allowed.kill("SIGKILL");
    await allowed.ended();
  }
});
