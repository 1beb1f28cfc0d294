import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as secure } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { usualLimits } from "../../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../../collectors/lookout/listener.ts";
import { missing } from "../../support/programs.ts";
import { markOf } from "./sightings.ts";

const noOpenssl = missing("openssl", "openssl");

/** Says all in one piece over TLS, shuts its half, and answers what it hears. */
function sayAll(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const plain = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    let text = "";
    plain.on("error", () => undefined);
    plain.on("data", (piece) => {
      text += piece.toString();
      if (text.endsWith("lookout, takes no mail\r\n")) plain.write("EHLO a.test\r\n");
      else if (text.endsWith("250 SIZE\r\n")) plain.write("STARTTLS\r\n");
      else if (/\r\n220 .*\r\n$/.test(text)) {
        plain.removeAllListeners("data");
        const socket = secure({ socket: plain, rejectUnauthorized: false });
        socket.on("error", () => undefined);
        socket.once("secureConnect", () => socket.end(lines.map((line) => `${line}\r\n`).join("")));
        socket.on("data", (part) => {
          text += part.toString();
        });
        socket.on("close", () => resolve(text));
      }
    });
    plain.on("close", () => resolve(text));
  });
}

/** A listener with a certificate, for one connection at a time. */
async function certified(reads: "envelope" | "headers"): Promise<{ listener: Listener; seen: () => number }> {
  const folder = mkdtempSync(join(tmpdir(), "mailtide-lookout-tls-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=spare.held.test";
  spawnSync("openssl", [...made.split(" "), "-keyout", key, "-out", certificate]);
  let seen = 0;
  const listener = await listenForSenders(
    {
      host: "127.0.0.1",
      port: 0,
      name: "spare.held.test",
      reads,
      domains: [],
      limits: { ...usualLimits, connectionsOfOne: 1 },
      mark: markOf,
      clock: () => 0,
      classify: ({ helo }) => helo,
      tls: { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") },
    },
    { told: () => undefined, offered: () => void seen++ },
  );
  onTestFinished(async () => {
    await listener.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { listener, seen: () => seen };
}

const message = ["DATA", "Message-ID: <m1@one.test>", "", "hello", "."];

test.skipIf(noOpenssl !== undefined).for(["envelope", "headers"] as const)(
  "with a certificate senders may encrypt, are answered to the end, and are counted out again: %s",
  async (reads) => {
    const { listener, seen } = await certified(reads);
    // One at a time may be there: whoever were not counted out would keep the next one out for ever.
    for (let visit = 1; visit <= 3; visit++) {
      const answers = await sayAll(listener.port, [
        "EHLO a.test",
        "MAIL FROM:<a@one.test>",
        "RCPT TO:<x@held.test>",
        ...(reads === "headers" ? message : []),
        "QUIT",
      ]);
      expect(answers).toContain("STARTTLS");
      expect(answers).toContain("451 4.3.2 This host takes no mail");
      expect(answers).toMatch(/221 Bye\r\n$/);
      const deadline = performance.now() + 10_000;
      while (seen() < visit && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(seen()).toBe(visit);
    }
    expect(listener.counts).toMatchObject({ connections: 3, overLimit: 0 });
  },
);

test.skipIf(noOpenssl !== undefined)("who goes without a word is counted when it goes, behind TLS too", async () => {
  const { listener, seen } = await certified("envelope");
  const began = performance.now();
  await sayAll(listener.port, ["EHLO a.test", "MAIL FROM:<a@one.test>", "RCPT TO:<x@held.test>"]);
  while (seen() === 0 && performance.now() < began + 20_000) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(seen()).toBe(1);
  expect(performance.now() - began).toBeLessThan(10_000);
});
