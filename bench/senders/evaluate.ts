// How far the predicted return of held mail is from what happened.

import { namedClasses } from "../../src/core/retries/senders/classify.ts";
import { type Baseline, expectedHeld } from "../../src/core/retries/senders/held.ts";
import { type Counted, mixOf, usualSenders } from "../../src/core/retries/senders/mix.ts";
import { releaseAfter } from "../../src/core/retries/senders/outlook.ts";
import { recoveryOf, shareArrived } from "../../src/core/retries/senders/release.ts";
import { afterWatching } from "../../src/core/retries/senders/update.ts";
import { type Duration, HOUR, MINUTE } from "../../src/core/time.ts";
import type { RecordedOutage } from "./outage-file.ts";

/** Horizons after recovery at which the share arrived is compared. */
export const horizons: readonly Duration[] = [15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
const watched = 15 * MINUTE;

/** One outage, predicted and true; shares are of held mail that came within the time of the file. */
export interface Comparison {
  readonly id: string;
  readonly hours: number;
  readonly held: number;
  readonly expected: number;
  readonly truth: readonly number[];
  /** From classes and outage alone. */
  readonly prior: readonly number[];
  /** After the first 15 minutes, for the horizons after that. */
  readonly after: readonly number[];
}

/** What the whole folder comes to. */
export interface Summary {
  readonly events: number;
  readonly maePrior: number | null;
  readonly maeAfter15: number | null;
  readonly heldRatio: Readonly<Record<string, number>>;
}

/**
 * How much is known of who the senders are: all classes of the file as they are; what the program learns of them from the names of
 * clients and Received headers, or from names alone, laid over senders at large; or senders at large and nothing else.
 */
export const knowledge = ["classes", "headers", "names", "nothing"] as const;
export type Knowledge = (typeof knowledge)[number];

function total(counts: ReadonlyMap<number, number> | undefined): number {
  let sum = 0;
  for (const count of counts?.values() ?? []) sum += count;
  return sum;
}

/** The usual mail of the file, told apart only as far as is known. */
function knownAs(
  baseline: Baseline,
  known: Knowledge,
): { baseline: Baseline; classOf: (senderClass: string) => string } {
  const same = (senderClass: string): string => senderClass;
  if (known === "classes") return { baseline, classOf: same };
  const classOf =
    known === "headers"
      ? same
      : (senderClass: string): string => (known === "names" && namedClasses.has(senderClass) ? senderClass : "unknown");
  const counted = new Map<string, Counted>();
  for (const [senderClass, counts] of baseline.byClass) {
    const before = counted.get(classOf(senderClass)) ?? { messages: 0, hosts: 0 };
    const messages = before.messages + total(counts);
    counted.set(classOf(senderClass), { messages, hosts: before.hosts + (baseline.hosts.get(senderClass) ?? 1) });
  }
  const mix = known === "nothing" ? usualSenders : mixOf(counted);
  const byClass = new Map<string, ReadonlyMap<number, number>>();
  const hosts = new Map<string, number>();
  const everybody = [...counted.values()].reduce((sum, one) => sum + one.hosts, 0);
  for (const [senderClass, part] of mix) {
    byClass.set(senderClass, new Map([...baseline.all].map(([hour, count]) => [hour, count * part.share])));
    hosts.set(senderClass, part.known * part.hosts + (1 - part.known) * part.share * everybody);
  }
  return { baseline: { ...baseline, byClass, hosts }, classOf };
}

/** Predicts one outage and sets the truth beside it. */
export function compare(outage: RecordedOutage, known: Knowledge = "classes"): Comparison {
  const { id, down, held } = outage;
  const { baseline, classOf } = knownAs(outage.baseline, known);
  const curves = releaseAfter(baseline, down);
  const recovery = recoveryOf(down);
  const byClass = new Map<string, number>();
  for (const { accepted, senderClass } of held) {
    if (accepted - recovery <= watched) byClass.set(classOf(senderClass), (byClass.get(classOf(senderClass)) ?? 0) + 1);
  }
  const outlook = afterWatching(curves, { watched, byClass });
  const came = (wait: Duration): number =>
    held.filter(({ accepted }) => accepted - recovery <= wait).length / held.length;
  return {
    id,
    hours: down.reduce((sum, { from, to }) => sum + ((to ?? from) - from), 0) / HOUR,
    held: held.length,
    expected: expectedHeld(curves),
    truth: horizons.map(came),
    prior: horizons.map((wait) => shareArrived(curves, wait)),
    after: horizons.filter((wait) => wait > watched).map((wait) => outlook.shareArrived(wait)),
  };
}

/** Mean distance of two lists; the later list may lack the first horizons of the other. */
export function meanError(said: readonly number[], truth: readonly number[]): number {
  const skipped = truth.length - said.length;
  return said.reduce((sum, value, place) => sum + Math.abs(value - truth[place + skipped]), 0) / said.length;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function mean(values: readonly number[]): number | null {
  return values.length > 0 ? rounded(values.reduce((sum, value) => sum + value, 0) / values.length) : null;
}

/** The figures of all outages together; each outage has the same number of horizons, so each weighs the same. */
export function summarize(comparisons: readonly Comparison[]): Summary {
  return {
    events: comparisons.length,
    maePrior: mean(comparisons.map(({ prior, truth }) => meanError(prior, truth))),
    maeAfter15: mean(comparisons.map(({ after, truth }) => meanError(after, truth))),
    heldRatio: Object.fromEntries(comparisons.map(({ id, expected, held }) => [id, rounded(expected / held)])),
  };
}
