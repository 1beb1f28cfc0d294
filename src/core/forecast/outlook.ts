// What the estimator answered, in our own time and with the names of places.

import type { Duration, Instant } from "../time.ts";
import type { Target } from "./estimator/calibrate.ts";
import type { Published } from "./estimator/publish.ts";
import type { Estimate, Quantiles } from "./seen.ts";
import { unstretched } from "./unit.ts";

/** Levels of `Quantiles`, in per cent. */
export const quantileLevels = [5, 10, 25, 50, 75, 90, 95] as const;

/** One place's own answer. */
export interface PlaceOutlook {
  readonly destination: string;
  /** Delayed messages for it that wait here. */
  readonly messages: number;
  /** When 99 % of what was delayed on its way there will have been delivered. */
  readonly ninetyNine: Quantiles;
}

/** What stands on a screen for one target: replaced only when two estimates speak against it. */
export interface ShownTarget {
  readonly at: Instant | undefined;
  readonly earliest: Instant | undefined;
  readonly latest: Instant | undefined;
}

/** The forecast over possible worlds. Moments are instants, `NaN` where more than that share of the worlds never gets there. */
export interface Outlook {
  readonly at: Instant;
  /** Whether something has come back since the trouble began. Before that, when it does is the largest doubt. */
  readonly recovered: boolean;
  /** Queue back to normal; 50, 90 and 99 % of what the trouble delayed delivered, also what waits at its senders. */
  readonly queue: Quantiles;
  readonly half: Quantiles;
  readonly ninety: Quantiles;
  readonly ninetyNine: Quantiles;
  /** Probability that the queue is not back to normal within five days. */
  readonly never: number;
  /** Probability that the queue is no smaller in an hour. */
  readonly growing: number;
  /** What limits it: lifting it would save most. */
  readonly cause: Estimate["cause"];
  readonly causes: Estimate["causes"];
  readonly saves: Duration;
  /** What each remedy would save. */
  readonly remedies: Estimate["remedies"];
  /** Places that refuse everything; not in any range. */
  readonly stuck: readonly { readonly destination: string; readonly messages: number }[];
  readonly destinations: readonly PlaceOutlook[];
  /** Messages that senders still hold, expected. */
  readonly atSenders: number;
  /** Share of the delayed mail that has been delivered, 0 to 1. */
  readonly progress: number;
  /** All that the trouble delayed is through, as sure as can be, for a while already. */
  readonly allClear: boolean;
  readonly notClearing: boolean;
  readonly noEndInSight: boolean;
  readonly shown: Readonly<Record<Target, ShownTarget>>;
}

/** An estimate and what is shown of it, in our own time. `nameOf` names the estimator's destinations. */
export function outlookOf(
  estimate: Estimate,
  shown: Published,
  unit: Duration,
  nameOf: (destination: number) => string | undefined,
  { recovered, allClear }: Pick<Outlook, "recovered" | "allClear">,
): Outlook {
  const moments = (found: Quantiles): Quantiles => found.map((at) => unstretched(at, unit)) as unknown as Quantiles;
  const moment = (at: Instant | undefined): Instant | undefined =>
    at === undefined ? undefined : unstretched(at, unit);
  const target = (of: Target): ShownTarget => ({
    at: moment(shown.targets[of].at),
    earliest: moment(shown.targets[of].earliest),
    latest: moment(shown.targets[of].latest),
  });
  const named = <T extends { readonly destination: number }>(
    all: readonly T[],
  ): (Omit<T, "destination"> & { destination: string })[] =>
    all.flatMap((one) => {
      const destination = nameOf(one.destination);
      return destination === undefined ? [] : [{ ...one, destination }];
    });
  const { remedies } = estimate;
  return {
    at: unstretched(estimate.at, unit),
    recovered,
    queue: moments(estimate.queue),
    half: moments(estimate.half),
    ninety: moments(estimate.ninety),
    ninetyNine: moments(estimate.ninetyNine),
    never: estimate.never,
    growing: estimate.growing,
    cause: estimate.cause,
    causes: estimate.causes,
    saves: unstretched(estimate.saves, unit),
    remedies: {
      service: unstretched(remedies.service, unit),
      timers: unstretched(remedies.timers, unit),
      senders: unstretched(remedies.senders, unit),
      destination: unstretched(remedies.destination, unit),
      down: unstretched(remedies.down, unit),
    },
    stuck: named(estimate.stuck),
    destinations: named(estimate.destinations).map((place) => ({ ...place, ninetyNine: moments(place.ninetyNine) })),
    atSenders: estimate.atSenders,
    progress: estimate.progress,
    allClear,
    notClearing: shown.notClearing,
    noEndInSight: shown.noEndInSight,
    shown: {
      queue: target("queue"),
      half: target("half"),
      ninety: target("ninety"),
      ninetyNine: target("ninetyNine"),
    },
  };
}
