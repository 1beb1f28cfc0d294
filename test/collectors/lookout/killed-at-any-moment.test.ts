// A lookout that is killed in the middle of its work: whoever had heard an answer is remembered, once.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Lookout } from "../../../collectors/lookout/lookout.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mailtide-lookout-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const child = join(import.meta.dirname, "killed-child.ts");

/** Offers messages of ever other sizes on one connection, until it breaks. `told` is called for each that heard 451. */
function offer(port: number, sizes: () => number, told: (size: number) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let text = "";
    let size = 0;
    let recipient = false;
    const next = (): void => {
      recipient = false;
      size = sizes();
      socket.write(`MAIL FROM:<a@one.test> SIZE=${size}\r\n`);
    };
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      text += piece;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line.startsWith("220")) socket.write("EHLO mx1.one.test\r\n");
        else if (line.startsWith("250 SIZE") || line === "250 Flushed") next();
        else if (line === "250 Accepted" && !recipient) {
          recipient = true;
          socket.write("RCPT TO:<x@held.test>\r\n");
        } else if (line === "250 Accepted") socket.write("DATA\r\n");
        else if (line.startsWith("354")) socket.write(`Message-ID: <${size}@one.test>\r\n\r\nhello\r\n.\r\n`);
        else if (line.startsWith("451")) {
          told(size);
          socket.write("RSET\r\n");
        }
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

test.for(["envelope", "headers"] as const)("every answer that was heard is remembered: %s", async (reads) => {
  const file = join(folder, "held");
  let sent = 0;
  const heard = new Set<number>();
  for (let round = 0; round < 3; round++) {
    const program = spawn(process.execPath, [child, file, reads], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const port = await new Promise<number>((resolve, reject) => {
        program.stdout.once("data", (line: Buffer) => resolve(Number(line.toString())));
        program.once("exit", () => reject(new Error("the lookout ended")));
      });
      const until = heard.size + 40 + 13 * round;
      const told = (size: number): void => {
        heard.add(size);
        if (heard.size === until) program.kill("SIGKILL");
      };
      await Promise.all([1, 2, 3].map(() => offer(port, () => ++sent, told)));
      expect(heard.size).toBeGreaterThanOrEqual(until);
    } finally {
      program.kill("SIGKILL");
    }
    const { lookout, laidAside } = Lookout.open(file, { messages: 10_000, patience: 1e12 });
    expect(laidAside).toBeUndefined();
    const { seen, held } = lookout.report(Date.now()).messages;
    expect(seen).toBe(held);
    // Whoever was not answered any more may have been written down.
    expect(seen).toBeGreaterThanOrEqual(heard.size);
    expect(seen).toBeLessThanOrEqual(sent);
  }
});
