// One forecaster through one outage: what it said and when, beside what came.

import type { Estimate, Estimator, Quantiles, SeenTimers, SeenUsual } from "../../src/core/forecast/seen.ts";
import { askBaselines, type BaselineName } from "./baselines.ts";
import { findTruth, instantOf, listingOf, secondOf, type Truth, tickOf, timersOf, usualOf } from "./outage.ts";
import { drawScenario, type Extra, type Law, type Scenario } from "./scenario.ts";
import type { Change } from "./turnings.ts";
import { createWorld } from "./world.ts";

export const targets = ["queue", "half", "ninety", "ninetyNine"] as const;
export type Target = (typeof targets)[number];

/** What a reader sees. Seconds of the simulation. */
export interface Screen {
  readonly at: Readonly<Record<Target, number | undefined>>;
  readonly notClearing: boolean;
  readonly allClear: boolean;
}

/** A forecaster to be tried. */
export interface Contender {
  create(usual: SeenUsual, timers: SeenTimers, seed: number): Estimator;
  /** What stands on the screen, one call an estimate. */
  screen(): (estimate: Estimate) => {
    readonly at: Readonly<Record<Target, number | undefined>>;
    readonly notClearing: boolean;
    readonly allClear: boolean;
  };
}

/** One forecast of one target, with what came of it. Seconds that remained. */
export interface Row {
  readonly seed: number;
  readonly target: Target;
  /** Share of the work before the target that was done. */
  readonly point: number;
  readonly came: number;
  readonly said: Quantiles;
  readonly shown: number | undefined;
  readonly cause: Estimate["cause"];
  readonly progress: number;
  readonly baselines: Readonly<Record<BaselineName, number>>;
}

/** One forecast of the last percent of the delayed mail of one place. Seconds that remained. */
export interface PlaceRow {
  readonly seed: number;
  readonly place: number;
  readonly came: number;
  readonly said: Quantiles;
}

/** How much earlier it would have been over, in logarithms, had one thing been perfect; and what was named. */
export interface CauseCheck {
  readonly target: Target;
  readonly named: Estimate["cause"];
  readonly gains: Readonly<Record<Change["what"], number>>;
}

/** An outage as it was forecast. */
export interface Trial {
  readonly seed: number;
  readonly kind: Scenario["kind"];
  readonly complications: readonly string[];
  readonly rows: readonly Row[];
  /** Answers about single places, at the same moments as those about the last percent of all mail. */
  readonly places: readonly PlaceRow[];
  readonly causes: readonly CauseCheck[];
  /** Hours until the target, changes of what is shown, by us and by the half-hour line; minutes to a usable answer. */
  readonly screens: readonly {
    readonly target: Target;
    readonly hours: number;
    readonly changes: number;
    readonly lineChanges: number;
    readonly usableAfter: number;
    readonly lineUsableAfter: number;
  }[];
  /** Whether the queue was said to be no smaller in an hour, and was; the same of the half-hour line; at a moment of comparison, on the half hour, or both. */
  readonly notClearing: readonly {
    readonly chance: number;
    readonly said: boolean;
    readonly was: boolean;
    readonly lineSaid: boolean;
    readonly atPoint: boolean;
    readonly byTheClock: boolean;
    /** What one who knows the world and its law would say; `NaN`: not asked. */
    readonly best: number;
  }[];
  readonly allClear: {
    /** Whether the outage counts here. */
    readonly counts: boolean;
    /** Minutes after it was true; negative: before. `NaN`: never said. */
    readonly late: number;
    readonly left: number;
    readonly bandLeft: number;
    readonly calmBandLeft: number;
    readonly lineLeft: number;
  };
  readonly stuck: {
    readonly dead: number;
    readonly named: number;
    readonly wrong: number;
  };
  readonly estimateMs: readonly number[];
}

export interface TrialOptions {
  readonly seed: number;
  readonly law?: Law;
  readonly extras?: readonly Extra[];
  /** Shares of the work at which forecasts are compared. */
  readonly points: readonly number[];
  /** Minutes between two estimates, 0: at the points only. */
  readonly every: number;
  readonly causes: boolean;
  /** A target that comes sooner after the recovery does not count; ten minutes if nothing is said. Seconds. */
  readonly soonest?: number;
  /** Futures that a clairvoyant plays at each moment of comparison, 0: nobody asks one. */
  readonly futures?: number;
}

const whats: readonly Change["what"][] = ["service", "timers", "senders", "destination", "down"];
/** A target that comes sooner than so many seconds after the recovery, or an outage that held fewer messages, does not count. */
const usualSoonest = 600;
const fewest = 40;
/** Successive answers that have to be within half of the truth. */
const usableRun = 5;
/** Minutes after which we look less often. */
const longDay = 12 * 60;
const soonestAtPlace = 60;
const namedWithin = 90 * 60;
/** A dead destination with less mail than this need not be named. */
const leastStuck = 20;

/** One target on one screen so far. */
interface Followed {
  changes: number;
  last: number | undefined;
  /** Usable answers in a row, and when the first of them was given. */
  run: number;
  since: number;
  usableAfter: number;
}

const unfollowed = (): Followed => ({
  changes: 0,
  last: Number.NaN,
  run: 0,
  since: Number.NaN,
  usableAfter: Number.POSITIVE_INFINITY,
});

function stepFor(remaining: number): number {
  const hours = remaining / 3600;
  return 60 * (hours < 0.5 ? 5 : hours < 2 ? 10 : hours < 6 ? 30 : hours < 24 ? 60 : 180);
}

/** Whether a target of an outage counts. */
export function countsFor(scenario: Scenario, truth: Truth, target: Target, soonest = usualSoonest): boolean {
  const at = truth[target];
  return Number.isFinite(at) && at >= scenario.recovery + soonest && truth.departures.length >= fewest;
}

/** Index of the last minute of the simulation that ends at or before `at`. */
function minuteOf(scenario: Scenario, at: number): number {
  return Math.ceil((at - scenario.from) / 60) - 1;
}

/** Minutes at which the forecasts of each target are compared. */
function pointMinutes(
  scenario: Scenario,
  truth: Truth,
  { points, soonest }: TrialOptions,
): Map<number, [Target, number][]> {
  const found = new Map<number, [Target, number][]>();
  for (const target of targets) {
    if (!countsFor(scenario, truth, target, soonest)) continue;
    const at = truth[target];
    let before = 0;
    while (before < truth.departures.length && truth.departures[before] <= at) before++;
    for (const point of points) {
      const moment = before === 0 ? at : truth.departures[Math.max(0, Math.ceil(point * before) - 1)];
      const n = Math.max(minuteOf(scenario, moment), minuteOf(scenario, scenario.recovery) + 1);
      if (scenario.from + (n + 1) * 60 >= at) continue;
      const there = found.get(n) ?? [];
      there.push([target, point]);
      found.set(n, there);
    }
  }
  return found;
}

/** Share of the cohort that had not left at a moment. */
function leftAt(truth: Truth, at: number): number {
  let gone = 0;
  while (gone < truth.departures.length && truth.departures[gone] <= at) gone++;
  return truth.departures.length === 0 ? 0 : 1 - gone / truth.departures.length;
}

/** Tries a forecaster on the outage of a seed. */
export function tryOutage(contender: Contender, options: TrialOptions): Trial {
  const scenario = drawScenario(options.seed, options.law, options.extras);
  const truth = findTruth(scenario);
  const { recovery, from } = scenario;
  const recoveryMinute = minuteOf(scenario, recovery);
  const points = pointMinutes(scenario, truth, options);
  const counted = targets.filter((target) => countsFor(scenario, truth, target, options.soonest));
  const lastPoint = Math.max(recoveryMinute, ...points.keys());
  const lastMinute = options.every === 0 ? lastPoint : truth.depths.length - 1;
  const over = Math.max(truth.queue, truth.ninetyNine);

  const world = createWorld(scenario);
  const estimator = contender.create(usualOf(scenario, truth), timersOf(scenario), options.seed);
  const screen = contender.screen();
  const rows: Row[] = [];
  const places: PlaceRow[] = [];
  const causes: CauseCheck[] = [];
  const estimateMs: number[] = [];
  const notClearing: Trial["notClearing"][number][] = [];
  const shown = new Map<Target, Followed>();
  const line = new Map<Target, Followed>();
  for (const target of counted) {
    shown.set(target, unfollowed());
    line.set(target, unfollowed());
  }
  let saidClear = Number.NaN;
  const named = new Set<number>();
  const wrong = new Set<number>();
  const follow = (
    state: Followed | undefined,
    display: number | undefined,
    likely: number,
    came: number,
    sinceRecovery: number,
  ) => {
    if (state === undefined) return;
    if (!Number.isNaN(state.last) && state.last !== display) state.changes++;
    state.last = display;
    const good = Number.isFinite(likely) && Math.abs(likely - came) <= 0.5 * Math.max(60, came);
    state.run = good ? state.run + 1 : 0;
    if (state.run === 1) state.since = sinceRecovery / 60;
    if (state.run === usableRun && state.usableAfter === Number.POSITIVE_INFINITY) state.usableAfter = state.since;
  };

  for (let n = 0; n <= lastMinute; n++) {
    world.minute();
    const now = world.now;
    if (now >= scenario.start && now - 60 < scenario.start) estimator.began(instantOf(scenario.start));
    estimator.tick(tickOf(world));
    if (n === recoveryMinute) {
      estimator.ended(instantOf(recovery));
      world.ended(recovery);
    }
    if (n <= recoveryMinute) continue;
    const since = n - recoveryMinute;
    const point = points.get(n);
    // Every minute at first, then every few, then as people look at something that takes days.
    const every = since <= 15 ? 1 : since <= longDay ? options.every : 3 * options.every;
    const regular = options.every > 0 && since % every === 0 && Number.isNaN(saidClear);
    if (point === undefined && !regular) continue;
    const queue = listingOf(world);
    const began = performance.now();
    const estimate = estimator.estimate(queue, instantOf(now));
    estimateMs.push(performance.now() - began);
    const display = screen(estimate);
    const baselines = askBaselines(scenario, truth, n);
    for (const [target, share] of point ?? []) {
      const at = display.at[target];
      rows.push({
        seed: options.seed,
        target,
        point: share,
        came: truth[target] - now,
        said: estimate[target].map((moment) => secondOf(moment) - now) as unknown as Quantiles,
        shown: at === undefined ? undefined : at - now,
        cause: target === "queue" ? estimate.causes.queue : estimate.causes.ninetyNine,
        progress: estimate.progress,
        baselines,
      });
      const first = !causes.some((check) => check.target === target);
      if (options.causes && first && (target === "queue" || target === "ninetyNine")) {
        causes.push({
          target,
          named: target === "queue" ? estimate.causes.queue : estimate.causes.ninetyNine,
          gains: gainsFrom(scenario, truth, target, now),
        });
      }
    }
    if (point?.some(([target]) => target === "ninetyNine")) {
      for (const one of estimate.destinations) {
        const came = (truth.places.get(one.destination) ?? Number.NaN) - now;
        if (!(came >= soonestAtPlace) || !Number.isFinite(came)) continue;
        const said = one.ninetyNine.map((moment) => secondOf(moment) - now) as unknown as Quantiles;
        places.push({ seed: options.seed, place: one.destination, came, said });
      }
    }
    const halfHourly = regular && since % 30 === 0;
    if ((point !== undefined || halfHourly) && n + 60 < truth.depths.length && now < truth.queue) {
      const lineSaid = truth.depths[n] >= truth.depths[Math.max(0, n - 30)];
      const was = truth.depths[n + 60] >= truth.depths[n];
      notClearing.push({
        chance: estimate.growing,
        said: display.notClearing,
        was,
        lineSaid,
        atPoint: point !== undefined,
        byTheClock: halfHourly,
        best: options.futures && point !== undefined ? world.chanceOfGrowth(options.futures) : Number.NaN,
      });
    }
    if (!regular) continue;
    const lineSays = baselines["predict_linear 30m"];
    for (const target of counted) {
      const came = truth[target] - now;
      if (came <= 0) continue;
      follow(shown.get(target), display.at[target], secondOf(estimate[target][3]) - now, came, now - recovery);
      const step = stepFor(lineSays);
      const lineShown = Number.isNaN(lineSays) ? undefined : Math.round((now + lineSays) / step) * step;
      follow(line.get(target), lineShown, lineSays, came, now - recovery);
    }
    for (const { destination } of estimate.stuck) {
      if (truth.dead.has(destination) || scenario.places[destination].deadFrom < now) {
        if (now <= recovery + namedWithin) named.add(destination);
      } else if (!world.unreachable(destination)) wrong.add(destination);
    }
    if (display.allClear && Number.isNaN(saidClear)) saidClear = now;
    if (!Number.isNaN(saidClear) && now > over && n >= lastPoint) break;
  }

  const until = from + truth.depths.length * 60;
  const clearMoment = (rule: (n: number) => boolean, minutes: number): number => {
    let run = 0;
    for (let n = recoveryMinute + 1; n < truth.depths.length; n++) {
      run = rule(n) ? run + 1 : 0;
      if (run >= minutes) return from + (n + 1) * 60;
    }
    return until;
  };
  const inBand = (n: number) => truth.depths[n] <= truth.band;
  const dead = [...truth.dead].filter(([, messages]) => messages >= leastStuck).map(([place]) => place);
  return {
    seed: options.seed,
    kind: scenario.kind,
    complications: scenario.complications,
    rows,
    places,
    causes,
    screens:
      options.every === 0
        ? []
        : counted.map((target) => ({
            target,
            hours: (truth[target] - recovery) / 3600,
            changes: shown.get(target)?.changes ?? 0,
            lineChanges: line.get(target)?.changes ?? 0,
            usableAfter: shown.get(target)?.usableAfter ?? Number.POSITIVE_INFINITY,
            lineUsableAfter: line.get(target)?.usableAfter ?? Number.POSITIVE_INFINITY,
          })),
    notClearing,
    allClear: {
      counts: options.every > 0 && truth.departures.length >= fewest && Number.isFinite(over),
      late: (saidClear - over) / 60,
      left: Number.isNaN(saidClear) ? Number.NaN : leftAt(truth, saidClear),
      bandLeft: leftAt(truth, clearMoment(inBand, 1)),
      calmBandLeft: leftAt(truth, clearMoment(inBand, 15)),
      lineLeft: leftAt(
        truth,
        clearMoment((n) => askBaselines(scenario, truth, n)["predict_linear 30m"] === 0, 15),
      ),
    },
    stuck: { dead: dead.length, named: dead.filter((place) => named.has(place)).length, wrong: wrong.size },
    estimateMs,
  };
}

function gainsFrom(scenario: Scenario, truth: Truth, target: Target, now: number): Record<Change["what"], number> {
  const gains = { service: 0, timers: 0, senders: 0, destination: 0, down: 0 };
  const came = truth[target] - now;
  for (const what of whats) {
    const other = findTruth(scenario, { at: now, what }, truth)[target] - now;
    gains[what] = Math.log((came + 60) / (Math.max(0, other) + 60));
  }
  return gains;
}
