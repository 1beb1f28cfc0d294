// Our own addresses for mail from outside, as a stranger finds them: which of them serve, which do not, and which cannot be judged.
//
// One failure is a hiccup: a line fails from the second in a row, so within two intervals. It serves again after two good
// answers in a row; one that fails again and again has to hold for a while first, lest the notice flap with it.

import type { Saved, Saving } from "../ledger/saved.ts";
import { type Duration, HOUR, type Instant, MINUTE } from "../time.ts";

/** How far a connection got, in order. `served`: a sender would have been served. */
export const probeStages = ["resolve", "connect", "banner", "ehlo", "starttls", "served"] as const;
export type ProbeStage = (typeof probeStages)[number];

/** One look at one address. */
export interface ProbeResult {
  /** The address and port that were looked at, e.g. `192.0.2.1:25`, or a name that has no address. */
  readonly line: string;
  readonly at: Instant;
  readonly took: Duration;
  /** The stage that failed, or `served`. */
  readonly stage: ProbeStage;
  /** Trouble on the way, not at the line: no network here. Says nothing of the line. */
  readonly ours: boolean;
  /** The reply's code; 0 if there was none. */
  readonly code: number;
  /** What was said or went wrong, cleaned, for the administrator. */
  readonly words: string;
  /** When the certificate that was shown ends; undefined without STARTTLS. */
  readonly certificateEnds: Instant | undefined;
}

export type LineState = "serves" | "fails" | "unknown";

/** One address as it stands. */
export interface LineView {
  readonly line: string;
  readonly state: LineState;
  /** Since when it has been so; undefined if unknown. */
  readonly since: Instant | undefined;
  readonly last: ProbeResult | undefined;
}

/** All of them together. */
export interface LinesView {
  /** By name. */
  readonly lines: readonly LineView[];
  readonly of: number;
  readonly failing: number;
  readonly unknown: number;
  /** Every one that can be judged fails, and at least one can be. */
  readonly allFail: boolean;
  /** Something failed in its last look, not yet confirmed. */
  readonly suspected: boolean;
}

interface Line {
  readonly name: string;
  state: LineState;
  since: Instant;
  last: ProbeResult | undefined;
  /** Looks in a row that failed, and that were served; one of the two is 0. */
  failures: number;
  successes: number;
  /** The first of that row. */
  rowBegan: Instant;
  /** When rows of failures were long enough to count, within the last hour; also while it has not served again. */
  falls: readonly Instant[];
  interval: Duration;
}

/** Failures in a row that make a line fail, and good answers in a row that make it serve again. */
const rowNeeded = 2;
/** A line that fell so often within an hour has to hold for a while before it counts as serving. */
const restless = 2;
const holds: Duration = 10 * MINUTE;

export class LineWatch {
  readonly #lines = new Map<string, Line>();

  /** The lines that are looked at, each about every `interval`; others are forgotten. */
  expect(names: readonly string[], interval: Duration): void {
    for (const name of this.#lines.keys()) if (!names.includes(name)) this.#lines.delete(name);
    for (const name of names) {
      const known = this.#lines.get(name);
      if (known !== undefined) {
        known.interval = interval;
        continue;
      }
      this.#lines.set(name, {
        name,
        state: "unknown",
        since: Number.NaN,
        last: undefined,
        failures: 0,
        successes: 0,
        rowBegan: Number.NaN,
        falls: [],
        interval,
      });
    }
  }

  /** Takes in one look. A look at a line that is not expected, or that only shows trouble of ours, says nothing. */
  record(result: ProbeResult): void {
    const line = this.#lines.get(result.line);
    if (line === undefined || result.ours) return;
    const served = result.stage === "served";
    const goesOn = served ? line.successes > 0 : line.failures > 0;
    if (!goesOn) line.rowBegan = result.at;
    line.successes = served ? line.successes + 1 : 0;
    line.failures = served ? 0 : line.failures + 1;
    line.last = result;
    line.falls = line.falls.filter((at) => result.at - at < HOUR);
    if (served) {
      const held = line.falls.length < restless || result.at - line.rowBegan >= holds;
      const enough = line.state === "unknown" || line.successes >= rowNeeded;
      if (line.state !== "serves" && enough && held) becomes(line, "serves");
    } else if (line.failures === rowNeeded) {
      if (line.state !== "fails") becomes(line, "fails");
      line.falls = [...line.falls, result.at];
    }
  }

  /** Undefined while no line is looked at. What was not judged for three intervals, at least a minute, is unknown. */
  view(now: Instant): LinesView | undefined {
    if (this.#lines.size === 0) return undefined;
    const lines = [...this.#lines.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((line): LineView => {
        const { name, last, state, since } = line;
        const stale = last === undefined || now - last.at > Math.max(3 * line.interval, MINUTE);
        const known = !stale && state !== "unknown";
        return { line: name, state: known ? state : "unknown", since: known ? since : undefined, last };
      });
    const count = (state: LineState): number => lines.filter((line) => line.state === state).length;
    const [failing, unknown] = [count("fails"), count("unknown")];
    return {
      lines,
      of: lines.length,
      failing,
      unknown,
      allFail: failing > 0 && failing + unknown === lines.length,
      suspected: [...this.#lines.values()].some((line) => line.state !== "fails" && line.failures > 0),
    };
  }

  save(to: Saving): void {
    to.value("lines", [...this.#lines.values()]);
  }

  /** Takes what was saved, into an empty watch. */
  restore(from: Saved): void {
    for (const line of from.value<Line[]>("lines")) this.#lines.set(line.name, line);
  }
}

function becomes(line: Line, state: LineState): void {
  line.state = state;
  line.since = line.rowBegan;
}
