// What a stranger may say, and that no answer makes a sender give a message back to its author.

import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Limits, usualLimits } from "../../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../../collectors/lookout/listener.ts";
import type { Sighting } from "../../../collectors/lookout/sighting.ts";
import { markOf } from "./sightings.ts";

let listener: Listener | undefined;
let seen: Sighting[] = [];
let told: Sighting[] = [];
const open = new Set<Socket>();

afterEach(async () => {
  for (const socket of open) socket.destroy();
  open.clear();
  await listener?.close();
  listener = undefined;
  seen = [];
  told = [];
});

async function listen(reads: "envelope" | "headers", limits: Partial<Limits> = {}): Promise<Listener> {
  listener = await listenForSenders(
    {
      host: "127.0.0.1",
      port: 0,
      name: "spare.held.test",
      reads,
      domains: ["held.test"],
      limits: { ...usualLimits, ...limits },
      mark: markOf,
      clock: () => 5000,
      classify: ({ helo }) => helo,
    },
    { told: (_transaction, one) => void told.push(one), offered: (one) => void seen.push(one) },
  );
  return listener;
}

/** Says lines, each after the answer to the one before, and then goes; answers all that was said to it. */
function converse(port: number, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    open.add(socket);
    let text = "";
    let next = 0;
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      text += piece;
      while (/^\d{3}(?: .*)?\r\n/m.test(text.slice(text.lastIndexOf("\r\n", text.length - 3) + 1).trimStart())) {
        const line = lines[next++];
        if (line === undefined) socket.end("QUIT\r\n");
        else socket.write(`${line}\r\n`, "latin1");
        break;
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text.split("\r\n").filter((line) => line !== "")));
  });
}

const waitFor = async (holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const final = (answers: readonly string[]): string[] =>
  answers.filter((line) => /^5/.test(line) && line !== "502 5.5.1 No such command here");

test("a recipient hears one honest sentence, and the message is remembered as marks alone", async () => {
  const { port } = await listen("envelope");
  const answers = await converse(port, [
    "EHLO mx1.one.test",
    "MAIL FROM:<A@one.test> SIZE=1000",
    "RCPT TO:<x@held.test>",
    "RCPT TO:<x@elsewhere.test>",
    "DATA",
  ]);
  expect(answers).toEqual([
    "220 spare.held.test ESMTP lookout, takes no mail",
    "250-spare.held.test",
    "250-PIPELINING",
    "250-8BITMIME",
    "250-SMTPUTF8",
    "250 SIZE",
    "250 Accepted",
    ...Array.from(
      { length: 3 },
      () => "451 4.3.2 This host takes no mail; please keep the message and try again later",
    ),
    "221 Bye",
  ]);
  await waitFor(() => seen.length > 0);
  expect(seen).toEqual([
    {
      at: 5000,
      sender: markOf("sender", "a@one.test"),
      recipients: [markOf("recipient", "x@held.test")],
      network: markOf("network", "127.0.0"),
      domain: markOf("domain", "one.test"),
      tell: markOf("message", "1000"),
      named: false,
      door: markOf("door", "127.0.0.1"),
      senderClass: "mx1.one.test",
    },
  ]);
});

test.each([
  ["no greeting", ["MAIL FROM:<a@one.test>"]],
  ["a greeting without a name", ["EHLO", "HELO"]],
  ["a greeting that is too long", [`EHLO ${"x".repeat(400)}.test`]],
  ["no sender", ["EHLO a.test", "RCPT TO:<x@held.test>", "DATA"]],
  [
    "odd addresses",
    ["EHLO a.test", "MAIL FROM:a@one.test", "MAIL FROM:<a.@one..test>", 'RCPT TO:<"q@x"@held.test>', "RCPT TO:<>"],
  ],
  ["a size beyond numbers", ["EHLO a.test", `MAIL FROM:<a@one.test> SIZE=${"9".repeat(30)}`, "RCPT TO:<x@held.test>"]],
  [
    "parameters that nobody offered",
    [
      "EHLO a.test",
      "MAIL FROM:<a@one.test> BODY=BINARYMIME REQUIRETLS X=Y X=Z",
      "RSET",
      "MAIL FROM:<a@one.test> RET=X ENVID=",
      "RCPT TO:<x@held.test> NOTIFY=SOMETIMES ORCPT=x",
    ],
  ],
  ["MAIL in MAIL", ["EHLO a.test", "MAIL FROM:<a@one.test>", "MAIL FROM:<b@one.test>"]],
  [
    "commands for others",
    [
      "EHLO a.test",
      "VRFY root",
      "EXPN all",
      "AUTH PLAIN AAAA",
      "STARTTLS",
      "XCLIENT ADDR=192.0.2.1",
      "BDAT 5 LAST",
      "WIZ x",
      "SHELL",
      "KILL",
    ],
  ],
  [
    "a hundred recipients and more",
    ["EHLO a.test", "MAIL FROM:<a@one.test>", ...Array.from({ length: 120 }, (_, at) => `RCPT TO:<u${at}@held.test>`)],
  ],
  ["nonsense, many times", Array.from({ length: 30 }, () => "NONSENSE")],
  ["a line that is too long", [`MAIL FROM:<${"a".repeat(9000)}@one.test>`]],
  ["a web page", ["GET / HTTP/1.1"]],
])("nothing final: %s", async (_what, lines) => {
  for (const reads of ["envelope", "headers"] as const) {
    const { port } = await listen(reads);
    const answers = await converse(port, lines);
    expect(answers.length).toBeGreaterThan(1);
    expect(final(answers)).toEqual([]);
    expect(answers.filter((line) => /^250.*queued|^250.*accepted/.test(line))).toEqual([]);
    await listener?.close();
  }
});

test("nothing final and nothing taken, whatever bytes come", async () => {
  const { port } = await listen("headers", { burst: 1e6, connectionsOfOne: 1000, connections: 1000 });
  const words = fc.constantFrom(
    "EHLO a.test",
    "MAIL FROM:<a@one.test>",
    "RCPT TO:<x@held.test>",
    "DATA",
    "RSET",
    ".",
    "HELO",
    "",
  );
  const line = fc.oneof(
    words,
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, " ")),
  );
  let heard = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      const answers = await new Promise<string>((resolve) => {
        const socket = connect({ host: "127.0.0.1", port });
        let text = "";
        socket.setEncoding("latin1");
        socket.once("data", () => socket.end(`${lines.join("\r\n")}\r\n.\r\nQUIT\r\n`, "utf8"));
        socket.on("data", (piece: string) => {
          text += piece;
        });
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(text));
      });
      heard++;
      expect(final(answers.split("\r\n"))).toEqual([]);
      expect(answers).not.toMatch(/250 .*(queued|message accepted)/);
    }),
    { numRuns: 40 },
  );
  expect(heard).toBeGreaterThan(30);
});

test("headers are read for the Message-ID, and the message is sent away at its end", async () => {
  const { port } = await listen("headers");
  const message =
    "Subject: secret\r\nMessage-ID: <m1@one.test>\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\n\r\nhello\r\n.";
  const envelope = ["MAIL FROM:<a@one.test>", "RCPT TO:<x@held.test>", "DATA", message];
  const answers = await converse(port, [
    "EHLO a.test",
    ...envelope,
    ...envelope,
    "MAIL FROM:<>",
    "RCPT TO:<x@held.test>",
  ]);
  expect(answers.filter((line) => line.startsWith("354"))).toHaveLength(2);
  expect(answers.filter((line) => line.startsWith("451"))).toHaveLength(3);
  await waitFor(() => seen.length === 3);
  expect(seen.map(({ tell, named }) => [tell === markOf("message", "<m1@one.test>"), named])).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
});

test("each transaction on one connection is seen, also those that look alike", async () => {
  const { port } = await listen("envelope");
  const envelope = ["MAIL FROM:<a@one.test>", "RCPT TO:<x@held.test>", "RSET"];
  await converse(port, ["EHLO a.test", ...envelope, ...envelope]);
  await waitFor(() => seen.length === 2);
});

test("beyond a limit a stranger hears 421, and others are served", async () => {
  const { port, counts } = await listen("envelope", { connectionsOfOne: 2, commands: 5 });
  const busy = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<void>((resolve) => {
          const socket = connect({ host: "127.0.0.1", port });
          open.add(socket);
          socket.once("data", () => resolve());
        }),
    ),
  );
  expect(busy).toHaveLength(2);
  expect(await converse(port, ["EHLO a.test"])).toEqual(["421 4.3.2 Too busy; please try again later"]);
  expect(counts.overLimit).toBe(1);
  for (const socket of open) socket.destroy();
  let answers: string[] = [];
  for (let tries = 0; tries < 100 && answers.length < 2; tries++)
    answers = await converse(
      port,
      Array.from({ length: 9 }, () => "NOOP"),
    );
  expect(answers.at(-1)).toBe("421 4.3.2 Too busy; please try again later");
});

test.each([
  ["envelope", ""],
  ["headers", "DATA\r\nMessage-ID: <m1@one.test>\r\n\r\nhello\r\n.\r\n"],
] as const)(
  "a sender that shuts its half after QUIT, as Exim does, hears the last answers: %s",
  async (reads, message) => {
    const { port } = await listen(reads);
    const answers = await new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
      let text = "";
      socket.on("data", (piece) => {
        if (text === "")
          socket.end(`EHLO a.test\r\nMAIL FROM:<a@one.test>\r\nRCPT TO:<x@held.test>\r\n${message}QUIT\r\n`);
        text += piece.toString();
      });
      socket.on("end", () => resolve(text));
    });
    expect(answers).toContain("451 4.3.2");
    expect(answers).toMatch(/221 Bye\r\n$/);
  },
);

test("who is turned away at a limit cannot stay for that by going on to send", async () => {
  const { port } = await listen("envelope", { connectionsOfOne: 0 });
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  open.add(socket);
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString();
  });
  socket.on("error", () => undefined);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  const trickle = setInterval(() => socket.write("x"), 50);
  try {
    const late = new Promise((resolve) => setTimeout(resolve, 10_000, "still there").unref());
    expect(await Promise.race([gone, late])).not.toBe("still there");
    expect(text).toBe("421 4.3.2 Too busy; please try again later\r\n");
  } finally {
    clearInterval(trickle);
  }
});

test.each(["envelope", "headers"] as const)("who goes without a word is counted when it goes: %s", async (reads) => {
  const { port } = await listen(reads);
  const socket = connect({ host: "127.0.0.1", port });
  open.add(socket);
  socket.on("error", () => undefined);
  const answered = new Promise<void>((resolve) => {
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString();
      if (text.endsWith("takes no mail\r\n")) {
        socket.write("EHLO a.test\r\nMAIL FROM:<a@one.test>\r\nRCPT TO:<x@held.test>\r\n");
      }
      if (/\r\n(451 .*|250 Accepted\r\n250 Accepted)\r\n$/.test(text)) resolve();
    });
  });
  await answered;
  const went = performance.now();
  socket.end();
  await waitFor(() => seen.length > 0);
  expect(performance.now() - went).toBeLessThan(5000);
});
