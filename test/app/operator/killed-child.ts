// A mailtide that is killed once an act is kept and before it is answered. Argument: its state file. Prints its address.

import postfix from "../../../collectors/dialects/postfix/index.ts";
import { Desk } from "../../../src/app/operator/desk.ts";
import { openOperator } from "../../../src/app/operator/operator.ts";
import { Observation } from "../../../src/core/observation.ts";
import { defaultSite } from "../../../src/core/status/site.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";

const [, , state = ""] = process.argv;
const store = openSqliteStore(state);
const known = new Observation(postfix.defaultSchedule);
const desk = new Desk(defaultSite);
const log = { note: () => {}, warn: () => {} };
const config = { operator: { listen: "127.0.0.1:0", tokens: [] }, state };
const operator = await openOperator(config, desk, () => known.said.book, log);
store.commit({ at: Date.now(), version: Observation.version, cursors: [], parts: known.save() });
process.stdout.write(`${operator?.url}\n`);
for (;;) {
  await desk.called();
  const now = Date.now();
  desk.serve(known, now, () => {
    store.commit({ at: now, version: Observation.version, cursors: [], parts: known.save() });
    process.kill(process.pid, "SIGKILL");
  });
}
