// The program that is killed: follows a log and counts each line, keeping cursor and counts in one transaction.
//
// Arguments: log, state file, number of lines, a file whose existence says that the writer is done.

import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseCursor } from "../../../collectors/tail/cursor.ts";
import { Tail } from "../../../collectors/tail/tail.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";

const [path, state, lines, done] = process.argv.slice(2);
const store = openSqliteStore(state);
const checkpoint = store.load();
const cursor = parseCursor(checkpoint?.cursors[0]?.cursor ?? "");
/** How many times each line was handed on. */
const counts = checkpoint?.parts.get("counts") ?? new Uint8Array(Number(lines));
let unread = checkpoint?.version ?? 0;
const tail = new Tail(path, { cursor, grace: 5 });

function take(bytes: Uint8Array, start: number, end: number): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  for (const line of text.split("\n").slice(0, -1)) {
    const n = Number(/\]: (\d+): (?:status=sent )*$/.exec(line)?.[1]);
    if (Number.isInteger(n)) counts[n]++;
    else unread++;
  }
}

process.stdout.write("up\n");
for (;;) {
  const finished = existsSync(done);
  const { bytes, more, state: seen } = await tail.read(take, { now: performance.now(), limit: 50_000 });
  if (bytes > 0) {
    store.commit({
      at: 0,
      version: unread,
      cursors: [{ source: "log", cursor: JSON.stringify(tail.cursor()) }],
      parts: new Map([["counts", counts]]),
    });
  } else if (finished && !more && seen === "following" && counts.at(-1) !== 0) break;
  else await pause(2);
}
store.close();
