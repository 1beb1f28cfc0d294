// Looks at our own addresses from outside, each on its own clock: one connection per address and interval, never two at a time.
//
// A name stands for all the addresses it has; which these are is asked again with each interval, and the last answer holds
// while nobody answers. Whom we burden (421) is asked half as often.

import type { ProbeResult } from "../../src/core/outages/endpoints.ts";
import type { Duration, Instant } from "../../src/core/time.ts";
import { type Look, look as lookOnce } from "./connect.ts";
import { type Endpoint, endpointName, literal, type Resolve, resolveBySystem, type Target } from "./targets.ts";

export interface ProbeOptions {
  readonly targets: readonly Target[];
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Our own name in EHLO. */
  readonly name: string;
  readonly clock: () => Instant;
  /** A number from 0 to 1, for the jitter. */
  readonly dice: () => number;
  readonly look?: (target: Look) => Promise<ProbeResult>;
  readonly resolve?: Resolve;
}

interface Course {
  readonly endpoint: Endpoint;
  next: Instant;
  busy: boolean;
  /** 1, or more while we are asked to come less often. */
  slow: number;
}

interface Name {
  readonly target: Target;
  next: Instant;
  busy: boolean;
  /** As last resolved. */
  endpoints: readonly Endpoint[];
}

/** No address is asked for more seldom than this many intervals. */
const slowest = 4;
/** At most so many connections at a time, whatever a name resolves to. */
const most = 16;
/** A name's addresses beyond this many are not looked at. */
const addressesOfOne = 32;

export class Prober {
  readonly #options: Required<ProbeOptions>;
  readonly #courses = new Map<string, Course>();
  readonly #results: ProbeResult[] = [];
  readonly #names: Name[] = [];
  readonly #fixed: readonly Endpoint[];
  #running = 0;
  #closed = false;
  readonly #underway = new Set<Promise<void>>();

  constructor(options: ProbeOptions) {
    this.#options = { look: lookOnce, resolve: resolveBySystem, ...options };
    this.#fixed = options.targets.flatMap((target) => literal(target) ?? []);
    for (const target of options.targets) {
      if (literal(target) === undefined)
        this.#names.push({ target, next: Number.NEGATIVE_INFINITY, busy: false, endpoints: [] });
    }
    this.#arrange();
  }

  get interval(): Duration {
    return this.#options.interval;
  }

  /** Names of all endpoints that are looked at now; a name without an address is one of its own. */
  endpoints(): readonly string[] {
    const names = this.#names
      .filter(({ endpoints }) => endpoints.length === 0)
      .map(({ target }) => endpointName(target.host, target.port));
    return [...new Set([...this.#courses.keys(), ...names])];
  }

  /** Begins what is due. Call often; it returns at once. */
  advance(now: Instant): void {
    if (this.#closed) return;
    for (const name of this.#names) {
      if (!name.busy && now >= name.next) this.#begin(this.#resolve(name, now));
    }
    for (const course of this.#courses.values()) {
      if (course.busy || this.#running >= most) continue;
      // The clock was put back: what lies far in the future would never come.
      if (course.next > now + 2 * slowest * this.#options.interval) course.next = now;
      if (now >= course.next) this.#begin(this.#look(course, now));
    }
  }

  /** What has been seen since the last call, in order. */
  take(): ProbeResult[] {
    return this.#results.splice(0);
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
  }

  #begin(work: Promise<void>): void {
    const done = work.finally(() => this.#underway.delete(done));
    this.#underway.add(done);
  }

  /** A tenth earlier or later, so that nobody is asked by many at the same moment. */
  #after(now: Instant, times = 1): Instant {
    const { interval, dice } = this.#options;
    return now + interval * times * (0.9 + 0.2 * dice());
  }

  async #look(course: Course, now: Instant): Promise<void> {
    const { name, timeout, clock, look } = this.#options;
    course.busy = true;
    this.#running++;
    try {
      const result = await look({ ...course.endpoint, name, timeout, clock });
      course.slow = result.code === 421 ? Math.min(slowest, course.slow * 2) : 1;
      if (this.#courses.get(course.endpoint.endpoint) === course) this.#results.push(result);
    } finally {
      course.busy = false;
      course.next = this.#after(now, course.slow);
      this.#running--;
    }
  }

  async #resolve(name: Name, now: Instant): Promise<void> {
    const { resolve, clock } = this.#options;
    const { host, port } = name.target;
    name.busy = true;
    try {
      const addresses = [...new Set(await resolve(host))].sort().slice(0, addressesOfOne);
      name.endpoints = addresses.map((address) => ({
        endpoint: endpointName(address, port),
        address,
        port,
        servername: host,
      }));
      this.#arrange();
      if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: "ENODATA" });
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
      // No such name is an answer; a resolver that does not answer is trouble on our side.
      const answered = code === "ENOTFOUND" || code === "ENODATA";
      if (answered) {
        name.endpoints = [];
        this.#arrange();
      }
      if (name.endpoints.length === 0) {
        this.#results.push({
          endpoint: endpointName(host, port),
          at: now,
          took: Math.max(0, clock() - now),
          stage: "resolve",
          ours: !answered,
          code: 0,
          words: String(message ?? error).slice(0, 200),
          certificateEnds: undefined,
        });
      }
    } finally {
      name.busy = false;
      name.next = this.#after(now);
    }
  }

  /** New endpoints get a course, those that are no longer meant lose it; the others keep their clocks. */
  #arrange(): void {
    const { interval, dice, clock } = this.#options;
    const meant = [...this.#fixed, ...this.#names.flatMap(({ endpoints }) => endpoints)];
    const names = new Set(meant.map(({ endpoint }) => endpoint));
    for (const name of this.#courses.keys()) if (!names.has(name)) this.#courses.delete(name);
    for (const endpoint of meant) {
      if (this.#courses.has(endpoint.endpoint)) continue;
      // The first looks are soon, and not all at once.
      this.#courses.set(endpoint.endpoint, {
        endpoint,
        next: clock() + dice() * Math.min(2000, interval / 2),
        busy: false,
        slow: 1,
      });
    }
  }
}
