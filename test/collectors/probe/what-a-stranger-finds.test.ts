// One look at servers of every kind, real ones on this machine: what a stranger finds is what the result says.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { look } from "../../../collectors/probe/connect.ts";
import type { ProbeResult } from "../../../src/core/outages/endpoints.ts";
import { missing } from "../../support/programs.ts";

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** A server that does with a connection what it is told; answers its port and what it was sent. */
async function serve(host: string, greet: (socket: Socket) => void): Promise<{ port: number; heard: () => string }> {
  const sockets = new Set<Socket>();
  let heard = "";
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes.toString();
    });
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  toClose.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const bound = server.address();
  return { port: typeof bound === "object" && bound !== null ? bound.port : 0, heard: () => heard };
}

let time = 1000;
function at(address: string, port: number, timeout = 300): Promise<ProbeResult> {
  const clock = (): number => ++time;
  return look({
    endpoint: `${address}:${port}`,
    address,
    port,
    servername: undefined,
    name: "probe.test",
    timeout,
    clock,
  });
}

/** Answers lines one by one. */
function speaking(...answers: string[]): (socket: Socket) => void {
  return (socket) => {
    socket.write(answers[0]);
    let n = 0;
    socket.on("data", () => {
      n++;
      if (n < answers.length) socket.write(answers[n]);
    });
  };
}

test("a server that serves: EHLO with our name, then QUIT, and nothing else", async () => {
  const { port, heard } = await serve("127.0.0.1", speaking("220 here\r\n", "250 here\r\n", "221 bye\r\n"));
  expect(await at("127.0.0.1", port)).toMatchObject({ stage: "served", code: 0, ours: false });
  await expect.poll(heard).toBe("EHLO probe.test\r\nQUIT\r\n");
});

test("the same over IPv6", async (context) => {
  const server = await serve("::1", speaking("220 here\r\n", "250 here\r\n", "221 bye\r\n")).catch(() => undefined);
  if (server === undefined) return context.skip("this machine has no IPv6 loopback");
  expect(await at("::1", server.port)).toMatchObject({ stage: "served" });
});

test("nobody listens: refused at once", async () => {
  const { port } = await serve("127.0.0.2", () => {});
  expect(await at("127.0.0.3", port)).toMatchObject({
    stage: "connect",
    ours: false,
    words: expect.stringContaining("ECONNREFUSED"),
  });
});

test("it accepts but says nothing", async () => {
  const { port } = await serve("127.0.0.1", () => {});
  expect(await at("127.0.0.1", port)).toMatchObject({ stage: "banner", code: 0, ours: false });
});

test("it drips a byte now and then and never comes to an end", async () => {
  const { port } = await serve("127.0.0.1", (socket) => {
    const drip = setInterval(() => socket.write("2"), 50);
    socket.on("close", () => clearInterval(drip));
  });
  expect(await at("127.0.0.1", port)).toMatchObject({ stage: "banner" });
});

test("it talks without an end", async () => {
  const { port } = await serve("127.0.0.1", (socket) => {
    const endpoint = Buffer.alloc(256 * 1024, "x");
    socket.write(endpoint);
  });
  expect(await at("127.0.0.1", port, 2000)).toMatchObject({ stage: "banner" });
});

test.each([
  [421, "421 4.3.2 too busy"],
  [554, "554 5.7.1 not from there"],
  [450, "450 4.3.2 later"],
])("it sends us away in the greeting with %d", async (code, banner) => {
  const { port } = await serve("127.0.0.1", speaking(`${banner}\r\n`));
  expect(await at("127.0.0.1", port)).toMatchObject({ stage: "banner", code, words: banner });
});

test("it hangs up before the greeting", async () => {
  const { port } = await serve("127.0.0.1", (socket) => socket.end());
  expect(await at("127.0.0.1", port)).toMatchObject({ stage: "banner", code: 0 });
});

test("it greets and then is silent", async () => {
  const { port } = await serve("127.0.0.1", (socket) => socket.write("220 here\r\n"));
  expect((await at("127.0.0.1", port)).stage).toBe("ehlo");
});

test("it offers STARTTLS and cannot do it", async () => {
  const { port } = await serve(
    "127.0.0.1",
    speaking("220 here\r\n", "250-here\r\n250 STARTTLS\r\n", "454 4.7.0 not available\r\n", "221 bye\r\n"),
  );
  expect((await at("127.0.0.1", port)).stage).toBe("starttls");
});

test("control characters and direction overrides in a banner are not passed on", async () => {
  const { port } = await serve("127.0.0.1", speaking("554 \u001b[31mred\u202e\u0007 end\r\n"));
  const { words } = await at("127.0.0.1", port);
  expect(words).toContain("red");
  expect(words).not.toMatch(/[\p{Cc}\u202e]/u);
});

test("our own way out is broken: that says nothing of the server", async () => {
  // An address that no machine may connect to.
  expect(await at("255.255.255.255", 25)).toMatchObject({ stage: "connect", ours: true });
});

const noOpenssl = missing("openssl", "openssl");
test.skipIf(noOpenssl !== undefined)("with STARTTLS the end of the certificate is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-probe-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=mx.probe.test";
  spawnSync("openssl", [...made.split(" "), "-keyout", key, "-out", cert]);
  const server = new SMTPServer({ key: readFileSync(key), cert: readFileSync(cert), authOptional: true });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  toClose.push(() => new Promise((resolve) => server.close(() => resolve())));
  const bound = server.server.address();
  const result = await at("127.0.0.1", typeof bound === "object" && bound !== null ? bound.port : 0, 5000);
  rmSync(folder, { recursive: true });
  expect(result.stage).toBe("served");
  const days = ((result.certificateEnds ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(7.9);
  expect(days).toBeLessThan(9.1);
});
