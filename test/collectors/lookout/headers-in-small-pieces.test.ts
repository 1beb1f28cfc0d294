// A message comes in whatever pieces the line makes of it, or a stranger.

import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readHeaders } from "../../../collectors/lookout/headers.ts";

const message = Buffer.from(
  "Received: from a.test\r\n by mx1.one.test (Postfix)\r\nMessage-ID: <m1@one.test>\r\n\r\nMessage-ID: <no@one.test>\r\n",
);

test("wherever a message is cut, its headers are read, and nothing below them", async () => {
  for (let cut = 0; cut <= message.length; cut++) {
    const pieces = [message.subarray(0, cut), message.subarray(cut)].filter((piece) => piece.length > 0);
    expect(await readHeaders(Readable.from(pieces), 1e6)).toEqual({
      messageId: "<m1@one.test>",
      date: undefined,
      received: "Received: from a.test\r\n by mx1.one.test (Postfix)",
      cut: false,
    });
  }
});

test("headers without end that come byte by byte take no square of time", async () => {
  const bytes = Buffer.from("X-Nothing: here\r\n".repeat(10_000));
  const began = performance.now();
  const headers = await readHeaders(
    Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
      })(),
    ),
    1e6,
  );
  expect(headers.messageId).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(10_000);
});
