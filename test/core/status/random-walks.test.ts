// Random walks of the phase machine, against an oracle that knows what is wrong: never all-clear while something fails.

import { expect, test } from "vitest";
import type { Downtime } from "../../../src/core/outages/downtime.ts";
import type { PhaseFacts, PlannedWork, Statement } from "../../../src/core/status/evidence.ts";
import { calm, isIncident, nextPhase, type PhaseMemory } from "../../../src/core/status/phase.ts";
import { DAY, HOUR, type Instant, MINUTE, SECOND } from "../../../src/core/time.ts";

const walks = process.env.MAILTIDE_LONG === "1" ? 100_000 : 4000;
const steps = 40;

/** Numbers from 0 to 1 that are the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The world of a walk: what is broken changes now and then, and stays as it is in between. */
class World {
  readonly #roll: () => number;
  now: Instant = Date.UTC(2026, 10, 22);
  host: Instant | undefined;
  readonly ended: Downtime[] = [];
  probes: Instant | undefined;
  probesFailing = 0;
  unreachable = 0;
  late = 0;
  atSenders = false;
  blind = false;
  statement: Statement | undefined;
  window: PlannedWork | undefined;

  constructor(seed: number) {
    this.#roll = dice(seed);
  }

  #one<T>(...of: T[]): T {
    return of[Math.floor(this.#roll() * of.length)];
  }

  step(): void {
    this.now += this.#one(5 * SECOND, 30 * SECOND, MINUTE, 3 * MINUTE, 11 * MINUTE, HOUR, 2.5 * HOUR, 9 * HOUR);
    const { now } = this;
    if (this.window !== undefined && now > this.window.to + 4 * HOUR) this.window = undefined;
    switch (
      this.#one("host", "probes", "places", "late", "senders", "blind", "word", "window", "well", "stay", "stay")
    ) {
      case "host":
        if (this.host === undefined) this.host = now - this.#one(0, 10 * SECOND, 5 * MINUTE);
        else this.#hostBack();
        break;
      case "probes":
        this.probesFailing = this.#one(0, 0, 1, 3, 4);
        this.probes = this.probesFailing === 0 ? undefined : now;
        break;
      case "places":
        this.unreachable = this.#one(0, 0, 5, 50);
        break;
      case "late":
        this.late = this.#one(0, 0, 8, 400);
        break;
      case "senders":
        this.atSenders = this.#one(true, false, false);
        break;
      case "blind":
        this.blind = this.#one(true, false, false);
        break;
      case "word":
        this.statement = this.#one<Statement | undefined>(
          undefined,
          undefined,
          { receiving: undefined, sending: undefined, parts: false, since: now },
          { receiving: "down", sending: undefined, parts: false, since: now },
          { receiving: undefined, sending: "some", parts: true, since: now },
        );
        break;
      case "window": {
        const from = now + this.#one(-5 * MINUTE, 2 * MINUTE, HOUR);
        this.window = {
          id: "w",
          from,
          to: from + HOUR,
          recurring: false,
          receiving: true,
          sending: this.#one(true, false),
        };
        break;
      }
      case "well":
        if (this.host !== undefined) this.#hostBack();
        Object.assign(this, { probes: undefined, probesFailing: 0, unreachable: 0, late: 0, atSenders: false });
        Object.assign(this, { blind: false, statement: undefined });
        break;
      default:
        break;
    }
  }

  #hostBack(): void {
    const from = this.host ?? this.now;
    this.ended.push({ scope: "host", target: "x", from, to: this.now, source: "inferred", cause: "", failures: 1 });
    this.host = undefined;
  }

  facts(): PhaseFacts {
    const { host, probes, probesFailing } = this;
    const open: Downtime[] =
      host === undefined
        ? []
        : [{ scope: "host", target: "x", from: host, to: undefined, source: "inferred", cause: "", failures: 1 }];
    return {
      forecast: this.blind
        ? { state: "unknown", messages: 0 }
        : { state: this.late > 0 ? "draining" : "clear", messages: this.late },
      downtimes: [...this.ended, ...open],
      unreachable: this.unreachable,
      atSenders: this.atSenders && !this.blind,
      blind: this.blind,
      probe: { addresses: 4, failing: probesFailing, allFail: probesFailing === 4, confirmedSince: probes, names: [] },
      statement: this.statement,
      windows: this.window === undefined ? [] : [this.window],
    };
  }

  /** Nothing works, and it is known. */
  get down(): boolean {
    const isDown = this.host !== undefined && this.now - this.host >= MINUTE;
    return isDown || this.probesFailing === 4 || this.statement?.receiving === "down";
  }

  /** Something fails, and it is known. */
  get fails(): boolean {
    const places = !this.blind && this.unreachable >= 20;
    return this.down || this.probesFailing > 0 || places || this.statement?.sending !== undefined;
  }

  /** Something may be wrong, or mail is late. */
  get troubled(): boolean {
    return this.fails || this.host !== undefined || this.late >= 100 || this.atSenders;
  }

  get planned(): boolean {
    return this.window !== undefined && this.window.from <= this.now && this.now < this.window.to;
  }
}

const allClear = ["normal", "resolved", "maintenance_scheduled"];

/** Everything that is wrong with one step of a walk. */
function complaints(
  world: World,
  before: PhaseMemory,
  after: PhaseMemory,
  failedAt: Instant,
  troubleAt: Instant,
): string[] {
  const { now } = world;
  const found: string[] = [];
  const claim = (fine: boolean, what: string): void => void (fine || found.push(what));
  const { phase } = after;
  const was = before.phase;
  if (!world.planned) {
    claim(!world.down || phase === "outage" || phase === "relapse", "nothing works, and that is not said");
    claim(!world.fails || ["outage", "relapse", "partial"].includes(phase), "something fails, and that is not said");
  }
  claim(
    !(world.fails || world.statement !== undefined) || !allClear.includes(phase),
    "all-clear while something fails",
  );
  claim(
    !(allClear.includes(phase) && world.late >= 400 && !world.blind && now - troubleAt === 0 && isIncident(was)),
    "all-clear while mail is late",
  );
  if (world.blind && !world.fails && isIncident(was)) claim(phase === was, `better while blind: ${was} to ${phase}`);
  if (phase === "draining" && ["outage", "relapse"].includes(was)) {
    const lasted = before.lastFailure - before.began;
    const least = Math.min(10 * MINUTE, Math.max(MINUTE, lasted));
    claim(now - failedAt >= least || now - after.wellSince >= least, "said to work before it has worked long enough");
    claim(!world.fails, "said to work while something fails");
  }
  if (phase === "resolved" && was === "draining" && !before.byWord) {
    claim(now - troubleAt >= 2 * HOUR, "said to be over before two hours without a break");
  }
  if (phase === "normal") claim(!isIncident(was), `normal right after ${was}`);
  if (phase === "relapse" && was !== "relapse") {
    claim(!Number.isNaN(before.back), "a relapse of what never came back");
    claim(was !== "normal" || now - before.resolvedAt < DAY, "a relapse of what was over for a day");
    claim(after.stoppedAgain >= before.back, "stopped again before it was back");
  }
  if (phase === "outage" || phase === "relapse") claim(after.downSince <= now, "down since the future");
  else claim(Number.isNaN(after.downSince), "a mark counts while there is service");
  if (isIncident(phase)) claim(after.began <= now, "an incident that has not begun");
  return found;
}

test(`${walks} random walks of ${steps} steps: never all-clear while something fails, never better while blind`, () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < walks; seed++) {
    const world = new World(seed);
    let memory = calm;
    let failedAt = Number.NEGATIVE_INFINITY;
    let troubleAt = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < steps; i++) {
      world.step();
      const before = memory;
      memory = nextPhase(before, world.facts(), world.now);
      if (world.fails) failedAt = world.now;
      // What cannot be seen is not known to be over, but what is late then is seen afterwards.
      if (world.fails || (world.troubled && !world.blind)) troubleAt = world.now;
      const found = complaints(world, before, memory, failedAt, troubleAt);
      if (found.length > 0) {
        const { ended, ...rest } = world;
        expect.fail(
          `walk ${seed}, step ${i}: ${found.join("; ")}\n${JSON.stringify({ before, after: memory, rest }, null, 1)}`,
        );
      }
      seen.add(`${before.phase} ${memory.phase}`);
    }
  }
  // A walk that never leaves the house proves nothing.
  expect(seen.size).toBeGreaterThan(35);
}, 600_000);
