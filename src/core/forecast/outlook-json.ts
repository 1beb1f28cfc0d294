// An outlook as it is written as JSON: moments as text, and null for what never comes.

import type { Duration, Instant } from "../time.ts";
import { instantText } from "../time.ts";
import { type Outlook, quantileLevels, type ShownTarget } from "./outlook.ts";
import type { Estimate, Quantiles } from "./seen.ts";
import type { Supposed } from "./what-if.ts";

type Moments = Record<"p5" | "p10" | "p25" | "p50" | "p75" | "p90" | "p95", string | null>;

/** Keys of the ranges: `p10` to `p90` is 8 times out of 10. */
export const quantileNames: readonly (keyof Moments)[] = quantileLevels.map((level) => `p${level}` as const);

interface ShownJson {
  at: string | null;
  earliest: string | null;
  latest: string | null;
}

/** The JSON form. */
export interface OutlookJson {
  at: string;
  recovered: boolean;
  queue: Moments;
  half: Moments;
  ninety: Moments;
  ninetyNine: Moments;
  never: number;
  growing: number;
  cause: Estimate["cause"];
  causes: { queue: Estimate["cause"]; ninetyNine: Estimate["cause"] };
  saves: Duration;
  remedies: { service: Duration; timers: Duration; senders: Duration; destination: Duration; down: Duration };
  stuck: { destination: string; messages: number }[];
  destinations: { destination: string; messages: number; ninetyNine: Moments }[];
  atSenders: number;
  progress: number;
  allClear: boolean;
  notClearing: boolean;
  noEndInSight: boolean;
  shown: Record<"queue" | "half" | "ninety" | "ninetyNine", ShownJson>;
}

export interface SupposedJson {
  question: string;
  at: string;
  outlook: OutlookJson;
  sooner: Record<"queue" | "half" | "ninety" | "ninetyNine", number | null>;
}

function momentsJson(found: Quantiles): Moments {
  return Object.fromEntries(quantileNames.map((name, n) => [name, instantText(found[n])])) as Moments;
}

function required(at: Instant): string {
  return instantText(at) ?? "1970-01-01T00:00:00.000Z";
}

function shownJson({ at, earliest, latest }: ShownTarget): ShownJson {
  return { at: instantText(at), earliest: instantText(earliest), latest: instantText(latest) };
}

/** An outlook as JSON. */
export function outlookJson(outlook: Outlook): OutlookJson {
  const { shown } = outlook;
  return {
    ...outlook,
    at: required(outlook.at),
    queue: momentsJson(outlook.queue),
    half: momentsJson(outlook.half),
    ninety: momentsJson(outlook.ninety),
    ninetyNine: momentsJson(outlook.ninetyNine),
    causes: { ...outlook.causes },
    saves: Math.round(outlook.saves),
    remedies: {
      service: Math.round(outlook.remedies.service),
      timers: Math.round(outlook.remedies.timers),
      senders: Math.round(outlook.remedies.senders),
      destination: Math.round(outlook.remedies.destination),
      down: Math.round(outlook.remedies.down),
    },
    stuck: outlook.stuck.map((place) => ({ ...place })),
    destinations: outlook.destinations.map(({ destination, messages, ninetyNine }) => ({
      ...{ destination, messages: Math.round(messages) },
      ninetyNine: momentsJson(ninetyNine),
    })),
    shown: {
      queue: shownJson(shown.queue),
      half: shownJson(shown.half),
      ninety: shownJson(shown.ninety),
      ninetyNine: shownJson(shown.ninetyNine),
    },
  };
}

/** An answer as JSON. */
export function answerJson({ question, at, outlook, sooner }: Supposed): SupposedJson {
  const time = (span: Duration): number | null => (Number.isFinite(span) ? Math.round(span) : null);
  return {
    ...{ question, at: required(at), outlook: outlookJson(outlook) },
    sooner: {
      queue: time(sooner.queue),
      half: time(sooner.half),
      ninety: time(sooner.ninety),
      ninetyNine: time(sooner.ninetyNine),
    },
  };
}
