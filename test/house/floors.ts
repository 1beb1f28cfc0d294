// The floors of the house: which room may import which. A stranger who reads this table has read the architecture.

import type { Import, Source } from "./sources.ts";

/** A room, and the rooms and packages it may import besides itself. */
interface Room {
  readonly room: string;
  readonly imports: readonly string[];
  /** What it may name in types, without a line of it running. */
  readonly types?: readonly string[];
}

/** The storeys of the core, lowest first: each may import itself and what lies below. */
export const coreFloors: readonly (string | RegExp)[] = [
  "src/core/time.ts",
  "src/core/fault.ts",
  "src/core/events/",
  "src/core/ledger/",
  "src/core/outages/",
  "src/core/retries/",
  "src/core/forecast/",
  "src/core/status/",
  "src/core/report.ts",
  /^src\/core\/(observe|observation|views)\.ts$/, // the whole program on one page, what it knows, and the tables of its report
];

const gate = ["src/core/events/", "src/core/time.ts", "src/core/fault.ts"];

/** Every room but those of the core; a file belongs to the longest name that its path starts with. */
export const rooms: readonly Room[] = [
  { room: "collectors/", imports: gate, types: ["src/core/retries/schedule.ts", "src/core/outages/endpoints.ts"] },
  { room: "src/store/", imports: ["src/core/"] },
  { room: "src/wire/", imports: ["src/core/"] },
  { room: "src/publishers/", imports: ["src/core/"], types: ["src/store/store.ts"] },
  { room: "src/app/", imports: ["src/", "collectors/"] },
  { room: "bin/", imports: ["src/app/", "src/core/"] },
  { room: "dashboards/", imports: ["src/publishers/prometheus/"] },
  { room: "bench/", imports: ["bin/", "src/", "collectors/", "dashboards/", "test/support/"] },
  { room: "test/", imports: ["bin/", "src/", "collectors/", "dashboards/", "bench/", "vitest.config.ts"] },
  { room: "vitest.config.ts", imports: [] },
];

/** Folders of variants: each folder in one of them is an island that is found, not named, by the rest. */
export const archipelagos: readonly string[] = [
  "collectors/dialects/",
  "src/core/status/languages/",
  "src/store/",
  "src/wire/",
  "src/publishers/",
];

/** Rooms that look at particular variants from outside the running program. */
const onlookers: readonly string[] = ["test/", "bench/", "dashboards/"];

/** Packages that belong to one place each, so that another can take their place. */
export const packagePlaces: Readonly<Record<string, { readonly run: readonly string[]; readonly types?: string }>> = {
  "node:sqlite": { run: ["src/store/sqlite/", "test/store/sqlite/"] },
  ioredis: { run: ["src/store/redis/", "src/wire/redis/"] },
  "smtp-server": {
    run: ["collectors/reports/", "collectors/lookout/", "test/sandbox/", "test/support/", "test/collectors/probe/"],
  },
  "nodemailer/lib/smtp-connection": { run: ["collectors/probe/"] },
  mailparser: { run: ["collectors/reports/", "collectors/lookout/", "test/sandbox/"] },
  fastify: { run: ["src/app/", "test/"], types: "src/publishers/" },
  "prom-client": { run: ["src/publishers/prometheus/", "test/"] },
  commander: { run: ["bin/", "src/app/"] },
  pino: { run: ["src/app/"] },
  yaml: { run: ["src/app/", "dashboards/", "test/"] },
  "intl-messageformat": { run: ["src/core/status/languages/", "test/core/status/languages/"] },
};

/** The one package that the core runs, and where: it turns messages into text, and knows no clock and no file. */
const corePackages: Readonly<Record<string, string>> = { "intl-messageformat": "src/core/status/languages/" };

/** What a dialect may not touch: it says what to ask and reads the answer; opening things is for others. */
const doors = /^node:(fs|net|tls|http|https|http2|child_process|dgram|worker_threads|sqlite)/;

function within(path: string, names: readonly string[]): boolean {
  return names.some((name) => path.startsWith(name));
}

function islandOf(path: string): string | undefined {
  const home = archipelagos.find((name) => path.startsWith(name));
  if (home === undefined) return undefined;
  const [folder, ...rest] = path.slice(home.length).split("/");
  return rest.length > 0 ? `${home}${folder}/` : undefined;
}

function floorOf(path: string): number {
  return coreFloors.findIndex((floor) => (typeof floor === "string" ? path.startsWith(floor) : floor.test(path)));
}

function coreFault(from: string, found: Import): string | undefined {
  if (!found.own) {
    const place = corePackages[found.target];
    if (place !== undefined && from.startsWith(place)) return undefined;
    return `the core imports no package, so not ${found.target}`;
  }
  if (!found.target.startsWith("src/core/")) return `the core imports nothing outside it, so not ${found.target}`;
  if (found.typesOnly && found.target === "src/core/report.ts") return undefined; // what it all adds up to
  const [mine, theirs] = [floorOf(from), floorOf(found.target)];
  if (mine < 0) return "this file stands on no floor of the core: give it one in test/house/floors.ts";
  return theirs > mine ? `imports go downstairs, and ${found.target} is upstairs` : undefined;
}

function roomFault(from: string, found: Import): string | undefined {
  const room = rooms.findLast((candidate) => from.startsWith(candidate.room));
  if (room === undefined) return "this file stands in no room: give it one in test/house/floors.ts";
  if (!found.own || found.target.startsWith(room.room) || within(found.target, room.imports)) return undefined;
  if (found.typesOnly && within(found.target, room.types ?? [])) return undefined;
  return `${room.room} may not import ${found.target}`;
}

function islandFault(from: string, found: Import): string | undefined {
  const [mine, theirs] = [islandOf(from), found.own ? islandOf(found.target) : undefined];
  if (theirs !== undefined && theirs !== mine && !within(from, onlookers)) {
    return `${theirs} is found by discovery; nothing names it, so not ${found.target}`;
  }
  const dialect = mine?.startsWith("collectors/dialects/") === true;
  if (dialect && !found.own && doors.test(found.target)) return `a dialect opens nothing, so not ${found.target}`;
  return undefined;
}

function packageFault(from: string, found: Import): string | undefined {
  const place = found.own ? undefined : packagePlaces[found.target];
  if (place === undefined || within(from, place.run)) return undefined;
  if (found.typesOnly && place.types !== undefined && from.startsWith(place.types)) return undefined;
  return `${found.target} has its place in ${place.run.join(", ")}`;
}

/** Every import that goes where it should not, one sentence each. */
export function floorFaults(files: readonly Source[]): string[] {
  const faults: string[] = [];
  for (const { path, imports } of files) {
    const inner = path.startsWith("src/core/") ? coreFault : roomFault;
    for (const found of imports) {
      for (const fault of [inner(path, found), islandFault(path, found), packageFault(path, found)]) {
        if (fault !== undefined) faults.push(`${path}: ${fault}`);
      }
    }
  }
  return faults;
}
