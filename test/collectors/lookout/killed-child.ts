// A lookout as a program of its own, to be killed: prints its port and keeps what it knows in the file that it is given.

import { usualLimits } from "../../../collectors/lookout/limits.ts";
import { listenForSenders } from "../../../collectors/lookout/listener.ts";
import { Lookout } from "../../../collectors/lookout/lookout.ts";
import { markOf } from "./sightings.ts";

const [, , file = "", reads = ""] = process.argv;
const { lookout } = Lookout.open(file, { messages: 10_000, patience: 1e12 });
lookout.save(file);
const listener = await listenForSenders(
  {
    host: "127.0.0.1",
    port: 0,
    name: "spare.held.test",
    reads: reads === "headers" ? "headers" : "envelope",
    domains: [],
    limits: usualLimits,
    mark: markOf,
    clock: Date.now,
    classify: () => "unknown",
  },
  lookout,
);
process.stdout.write(`${listener.port}\n`);
// Snapshots in between, far more often than a lookout makes them: a kill is to meet one, too.
setInterval(() => lookout.save(file), 40);
