// The program that is killed: the whole way from the log to the report, with what is known and how far was read in one
// transaction after every beat.
//
// Arguments: log, state file, a file whose existence says that the writer is done, the time to begin at.

import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { liveHeart } from "../support/live-heart.ts";

const [log, state, done, begin] = process.argv.slice(2);
const store = openSqliteStore(state);
const heart = await liveHeart({ logs: [log] }, store, { ...postfix, listings: () => [] });
process.stdout.write("up\n");
for (;;) {
  const finished = existsSync(done);
  const before = heart.known.lines.read;
  await heart.beat(Number(begin) + performance.now());
  if (heart.known.lines.read !== before) {
    heart.remember(0);
    process.stdout.write("kept\n");
  } else if (finished && !heart.feed.behind) break;
  await pause(2);
}
heart.remember(0);
if (heart.complaints.length > 0) throw heart.complaints[0];
store.close();
