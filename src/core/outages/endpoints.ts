// Our own addresses for mail from outside, as a stranger finds them: which of them serve, which do not, and which cannot be judged.
//
// One failure is a hiccup: an endpoint fails from the second in a row, so within two intervals. It serves again after two good
// answers in a row; one that fails again and again has to hold for a while first, lest the notice flap with it.

import type { Saved, Saving } from "../ledger/saved.ts";
import { type Duration, HOUR, type Instant, MINUTE } from "../time.ts";

/** How far a connection got, in order. `served`: a sender would have been served. */
export const probeStages = ["resolve", "connect", "banner", "ehlo", "starttls", "served"] as const;
export type ProbeStage = (typeof probeStages)[number];

/** One look at one address. */
export interface ProbeResult {
  /** The address and port that were looked at, e.g. `192.0.2.1:25`, or a name that has no address. */
  readonly endpoint: string;
  readonly at: Instant;
  readonly took: Duration;
  /** The stage that failed, or `served`. */
  readonly stage: ProbeStage;
  /** Trouble on the way, not at the endpoint: no network here. Says nothing of the endpoint. */
  readonly ours: boolean;
  /** The reply's code; 0 if there was none. */
  readonly code: number;
  /** What was said or went wrong, cleaned, for the administrator. */
  readonly words: string;
  /** When the certificate that was shown ends; undefined without STARTTLS. */
  readonly certificateEnds: Instant | undefined;
}

export type EndpointState = "serves" | "fails" | "unknown";

/** One address as it stands. */
export interface EndpointView {
  readonly endpoint: string;
  readonly state: EndpointState;
  /** Since when it has been so; undefined if unknown. */
  readonly since: Instant | undefined;
  readonly last: ProbeResult | undefined;
}

/** All of them together. */
export interface EndpointsView {
  /** By name. */
  readonly endpoints: readonly EndpointView[];
  readonly of: number;
  readonly failing: number;
  readonly unknown: number;
  /** Every one that can be judged fails, and at least one can be. */
  readonly allFail: boolean;
  /** Something failed in its last look, not yet confirmed. */
  readonly suspected: boolean;
}

interface Endpoint {
  readonly name: string;
  state: EndpointState;
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

/** Failures in a row that make an endpoint fail, and good answers in a row that make it serve again. */
const rowNeeded = 2;
/** A endpoint that fell so often within an hour has to hold for a while before it counts as serving. */
const restless = 2;
const holds: Duration = 10 * MINUTE;

export class EndpointWatch {
  readonly #endpoints = new Map<string, Endpoint>();

  /** The endpoints that are looked at, each about every `interval`; others are forgotten. */
  expect(names: readonly string[], interval: Duration): void {
    for (const name of this.#endpoints.keys()) if (!names.includes(name)) this.#endpoints.delete(name);
    for (const name of names) {
      const known = this.#endpoints.get(name);
      if (known !== undefined) {
        known.interval = interval;
        continue;
      }
      this.#endpoints.set(name, {
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

  /** Takes in one look. A look at an endpoint that is not expected, or that only shows trouble of ours, says nothing. */
  record(result: ProbeResult): void {
    const endpoint = this.#endpoints.get(result.endpoint);
    if (endpoint === undefined || result.ours) return;
    const served = result.stage === "served";
    const goesOn = served ? endpoint.successes > 0 : endpoint.failures > 0;
    if (!goesOn) endpoint.rowBegan = result.at;
    endpoint.successes = served ? endpoint.successes + 1 : 0;
    endpoint.failures = served ? 0 : endpoint.failures + 1;
    endpoint.last = result;
    endpoint.falls = endpoint.falls.filter((at) => result.at - at < HOUR);
    if (served) {
      const held = endpoint.falls.length < restless || result.at - endpoint.rowBegan >= holds;
      const enough = endpoint.state === "unknown" || endpoint.successes >= rowNeeded;
      if (endpoint.state !== "serves" && enough && held) becomes(endpoint, "serves");
    } else if (endpoint.failures === rowNeeded) {
      if (endpoint.state !== "fails") becomes(endpoint, "fails");
      endpoint.falls = [...endpoint.falls, result.at];
    }
  }

  /** Undefined while no endpoint is looked at. What was not judged for three intervals, at least a minute, is unknown. */
  view(now: Instant): EndpointsView | undefined {
    if (this.#endpoints.size === 0) return undefined;
    const endpoints = [...this.#endpoints.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((endpoint): EndpointView => {
        const { name, last, state, since } = endpoint;
        const stale = last === undefined || now - last.at > Math.max(3 * endpoint.interval, MINUTE);
        const known = !stale && state !== "unknown";
        return { endpoint: name, state: known ? state : "unknown", since: known ? since : undefined, last };
      });
    const count = (state: EndpointState): number => endpoints.filter((endpoint) => endpoint.state === state).length;
    const [failing, unknown] = [count("fails"), count("unknown")];
    return {
      endpoints,
      of: endpoints.length,
      failing,
      unknown,
      allFail: failing > 0 && failing + unknown === endpoints.length,
      suspected: [...this.#endpoints.values()].some((endpoint) => endpoint.state !== "fails" && endpoint.failures > 0),
    };
  }

  save(to: Saving): void {
    to.value("endpoints", [...this.#endpoints.values()]);
  }

  /** Takes what was saved, into an empty watch. */
  restore(from: Saved): void {
    for (const endpoint of from.value<Endpoint[]>("endpoints")) this.#endpoints.set(endpoint.name, endpoint);
  }
}

function becomes(endpoint: Endpoint, state: EndpointState): void {
  endpoint.state = state;
  endpoint.since = endpoint.rowBegan;
}
