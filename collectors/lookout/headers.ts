// Date, Message-ID and the uppermost Received of a message, and nothing else of it: what follows the headers is let run
// by unread.

import type { Readable } from "node:stream";
import { simpleParser } from "mailparser";
import type { Instant } from "../../src/core/time.ts";

/** What is read of a message. */
export interface Headers {
  readonly messageId: string | undefined;
  /** What its author's clock said. */
  readonly date: Instant | undefined;
  /** The uppermost Received: the sender's own, which names its software. */
  readonly received: string | undefined;
  /** The message was longer than it may be, and was broken off. */
  readonly cut: boolean;
}

/** Bytes of headers that are read; a Message-ID below that is not found. */
const most = 64 * 1024;
const longestReceived = 2000;

/** Reads to the end of the headers, drops the rest, and ends when the message ends or `limit` bytes have gone by. */
export async function readHeaders(message: Readable, limit: number): Promise<Headers> {
  const text = Buffer.allocUnsafe(most);
  let kept = 0;
  let end = -1;
  let seen = 0;
  let cut = false;
  for await (const piece of message as AsyncIterable<Buffer>) {
    seen += piece.length;
    if (seen > limit) {
      cut = true;
      break;
    }
    if (end >= 0 || kept === most) continue;
    // A stranger may send byte by byte: what was looked at is looked at no more, but for a half of the empty line.
    const from = Math.max(0, kept - 3);
    kept += piece.copy(text, kept);
    const found = text.subarray(from, kept).indexOf("\r\n\r\n");
    if (found >= 0) end = from + found + 2;
  }
  const lines = text
    .subarray(0, end < 0 ? kept : end)
    .toString("latin1")
    .split(/\r\n(?![ \t])/);
  const wanted = onlyWanted(lines);
  const received = lines.find((line) => /^received:/i.test(line))?.slice(0, longestReceived);
  try {
    const { messageId, date } = await simpleParser(`${wanted}\r\n`, { skipHtmlToText: true, skipTextToHtml: true });
    return { messageId, date: date?.getTime(), received, cut };
  } catch {
    // What a stranger writes may be no mail at all.
    return { messageId: undefined, date: undefined, received, cut };
  }
}

/** The two headers with their continuation lines: the parser is not to see names, subjects and addresses. */
function onlyWanted(lines: readonly string[]): string {
  return lines
    .filter((line) => /^(message-id|date):/i.test(line))
    .map((line) => `${line.slice(0, 1000)}\r\n`)
    .join("");
}
