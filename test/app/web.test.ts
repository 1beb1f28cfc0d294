import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { clientOf, listen, openWeb, parseListen } from "../../src/app/web.ts";
import { Fault } from "../../src/core/fault.ts";
import page from "../../src/publishers/page/index.ts";
import prometheus from "../../src/publishers/prometheus/index.ts";
import report from "../../src/publishers/report/index.ts";
import { outageReport } from "../support/report.ts";
import { openSite } from "../support/site.ts";

test("what names hosts is for this machine only; the notice is for everybody", async () => {
  const { web, publish } = await openSite([prometheus, report, page]);
  publish(outageReport());
  const from = async (url: string, remoteAddress: string, headers: Record<string, string> = {}) =>
    (await web.inject({ url, remoteAddress, headers: { host: "127.0.0.1:9786", ...headers } })).statusCode;
  for (const url of ["/metrics", "/api/v1/report"]) {
    for (const near of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) expect(await from(url, near), near).toBe(200);
    expect(await from(url, "192.0.2.7")).toBe(403);
    expect(await from(url, "::ffff:192.0.2.7")).toBe(403);
    // A proxy on this machine that speaks for somebody else, and a stranger's name that points here.
    expect(await from(url, "127.0.0.1", { "x-forwarded-for": "192.0.2.7" })).toBe(403);
    expect(await from(url, "127.0.0.1", { forwarded: "for=192.0.2.7" })).toBe(403);
    expect(await from(url, "127.0.0.1", { host: "rebound.example.org:9786" })).toBe(403);
    expect(await from(url, "127.0.0.1", { host: "localhost:9786" })).toBe(200);
    expect(await from(url, "::1", { host: "[::1]:9786" })).toBe(200);
  }
  for (const url of ["/", "/notice.txt", "/api/v1/report.schema.json"]) expect(await from(url, "192.0.2.7")).toBe(200);
  const refused = await web.inject({ url: "/metrics", remoteAddress: "192.0.2.7" });
  expect(refused.body).not.toContain("mailtide_");
  await web.close();
});

test("the operator can open everything", async () => {
  const { web, publish } = await openSite([prometheus], "everyone");
  publish(outageReport());
  const answer = await web.inject({ url: "/metrics", remoteAddress: "192.0.2.7", headers: { host: "mailtide:9786" } });
  expect(answer.statusCode).toBe(200);
  await web.close();
});

test("an error tells the client nothing of what is inside", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/broken", async () => {
    throw new Error("secret at /etc/shadow");
  });
  const broken = await web.inject("/broken");
  expect(broken.statusCode).toBe(500);
  expect(broken.body).toBe("500 Something went wrong in mailtide. Its own log says what.\n");
  for (const [method, url] of [
    ["GET", "/no<script>such"],
    ["POST", "/"],
    ["GET", "/%ff"],
  ] as const) {
    const answer = await web.inject({ method, url });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.headers["content-type"], url).toBe("text/plain; charset=utf-8");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.body).not.toContain("script");
  }
  await web.close();
});

test("one client cannot ask without end", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/", async () => "here");
  const codes = new Set<number>();
  for (let i = 0; i < 1201; i++) codes.add((await web.inject({ url: "/", remoteAddress: "192.0.2.7" })).statusCode);
  expect([...codes]).toEqual([200, 429]);
  expect((await web.inject({ url: "/", remoteAddress: "192.0.2.8" })).statusCode).toBe(200);
  await web.close();
});

test("who is told to wait is told how long, and nothing of the limit is left for caches", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/", { config: { rateLimit: { max: 2, timeWindow: 60_000 } } }, async () => "here");
  const ask = () => web.inject({ url: "/", remoteAddress: "192.0.2.7" });
  for (const answer of [await ask(), await ask()]) {
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
  }
  const refused = await ask();
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.body).toContain("Too many requests");
  await web.close();
});

test("readers behind a proxy on this machine have a limit each, and what they say of themselves is not believed", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/", { config: { rateLimit: { max: 2, timeWindow: 60_000 } } }, async () => "here");
  const ask = async (forwarded?: string) => {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    return (await web.inject({ url: "/", remoteAddress: "127.0.0.1", headers })).statusCode;
  };
  expect([await ask("192.0.2.7"), await ask("192.0.2.7"), await ask("192.0.2.7")]).toEqual([200, 200, 429]);
  expect(await ask("192.0.2.8")).toBe(200);
  expect([await ask("198.51.100.1, 192.0.2.9"), await ask("198.51.100.2, 192.0.2.9")]).toEqual([200, 200]);
  expect(await ask("198.51.100.3, 192.0.2.9")).toBe(429);
  // A program of this machine asks for itself.
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
  await web.close();
});

test.each([
  ["192.0.2.7", undefined, "192.0.2.7"],
  ["::ffff:192.0.2.7", undefined, "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
  ["2001:db8:1::6", undefined, "2001:db8:1:0::/64"],
  ["2001:db8::1", undefined, "2001:db8:0:0::/64"],
  ["::1", "2001:DB8::7", "2001:db8:0:0::/64"],
  ["127.0.0.1", "nonsense", "this machine"],
  ["192.0.2.7", "198.51.100.1", "192.0.2.7"],
])("%s with x-forwarded-for %s counts as %s", (remoteAddress, forwarded, client) => {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  expect(clientOf({ headers, socket: { remoteAddress } as never })).toBe(client);
});

/** Sends bytes and keeps the line open; what comes back until the other side closes it. */
function talk(url: string, ...bytes: readonly string[]): Promise<string> {
  const { port } = new URL(url);
  return new Promise((done) => {
    let heard = "";
    const socket = connect(Number(port), "127.0.0.1", () => {
      for (const piece of bytes) socket.write(piece);
    });
    socket.on("data", (chunk) => {
      heard += chunk.toString();
    });
    socket.on("error", () => {});
    socket.on("close", () => done(heard));
  });
}

test("a client that never ends its request is cut, and others are served meanwhile", async () => {
  const web = await openWeb({ administrators: "this-machine", patience: 200 });
  web.get("/", async () => "here");
  const url = await listen(web, { host: "127.0.0.1", port: 0 });
  const slow = Promise.all(Array.from({ length: 50 }, () => talk(url, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")));
  expect(await (await fetch(url)).text()).toBe("here");
  for (const heard of await slow) expect(heard).toMatch(/^HTTP\/1\.1 408 |^$/);
  await web.close();
});

test("long headers and bodies are refused", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/", async () => "here");
  const url = await listen(web, { host: "127.0.0.1", port: 0 });
  expect(await talk(url, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(9000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  const answer = await fetch(url, {
    method: "POST",
    body: "x".repeat(5000),
    headers: { "content-type": "text/plain" },
  });
  expect([404, 413]).toContain(answer.status);
  await web.close();
});

test("a port in use is a fault that says which and what to do", async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const web = await openWeb({ administrators: "this-machine" });
  const fault = await listen(web, { host: "127.0.0.1", port }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  if (!(fault instanceof Fault)) return;
  expect(fault.code).toBe("listen-failed");
  expect(fault.message).toBe(`Port ${port} on 127.0.0.1 is already in use by another program.`);
  expect(fault.advice).toContain(`sport = :${port}`);
  expect(fault.advice).toContain("--listen 127.0.0.1:");
  await web.close();
  await new Promise((done) => other.close(done));
});

test("an address of another machine is a fault", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  await expect(listen(web, { host: "192.0.2.1", port: 0 })).rejects.toMatchObject({
    code: "listen-failed",
    message: "192.0.2.1 is not an address of this machine.",
  });
  await web.close();
});

test("listening answers the address, also of a port that was free", async () => {
  const web = await openWeb({ administrators: "this-machine" });
  web.get("/", async () => "here");
  const url = await listen(web, { host: "127.0.0.1", port: 0 });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(url)).text()).toBe("here");
  await web.close();
});

test.each([
  ["127.0.0.1:9786", "127.0.0.1", 9786],
  ["[::1]:80", "::1", 80],
  ["localhost:0", "localhost", 0],
  [":9787", "127.0.0.1", 9787],
  ["9788", "127.0.0.1", 9788],
])("%s is an address to listen on", (text, host, port) => {
  expect(parseListen(text)).toEqual({ host, port });
});

test.each(["", "127.0.0.1", "127.0.0.1:", "::1:9786", "[nonsense]:80", "a:b", "127.0.0.1:70000", "127.0.0.1:-1"])(
  "%j is not",
  (text) => {
    expect(() => parseListen(text)).toThrow(Fault);
  },
);
