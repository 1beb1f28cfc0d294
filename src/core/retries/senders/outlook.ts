// All that can be said of the mail that senders hold for us, during an outage and after it, in one place.

import { DAY, type Duration, HOUR, type Instant, type Interval } from "../../time.ts";
import { type Deadline, deadlines } from "./expiry.ts";
import { type Baseline, expectedHeld, inflowsOf, usualSlices } from "./held.ts";
import { expectedMessages } from "./inflow.ts";
import { type ReleaseCurve, recoveryOf, releases, shareArrived, sinceFirstMessage } from "./release.ts";
import { afterWatching } from "./update.ts";

/** A held message that came after recovery. */
export interface Arrival {
  readonly at: Instant;
  readonly senderClass: string;
}

/** While the server is down: what has been sent to it, what of that is lost, and when more will be. */
export interface WhileDown {
  /** Messages that senders have tried to hand over since the outage began, as expected. */
  readonly sent: number;
  /** Of these, those that got through between two outages. */
  readonly through: number;
  /** Of these, given up by their senders by now. */
  readonly lost: number;
  /** By class, the soonest deadline first. */
  readonly deadlines: readonly Deadline[];
}

/** After recovery. */
export interface AfterRecovery {
  /** Messages that were held and come, those that have come included. */
  readonly held: number;
  readonly arrived: number;
  readonly stillOut: number;
  readonly givenUp: number;
  /** The moment by which a share of the held mail has arrived. */
  arrivedAt(share: number): Instant;
}

const longest: Duration = 8 * DAY;

/** When a share of the held mail has arrived, by how much has arrived after a wait. */
export function momentOf(share: number, recovery: Instant, byThen: (wait: Duration) => number): Instant {
  let low = 0;
  let high = longest;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (byThen(middle) < share) low = middle;
    else high = middle;
  }
  return recovery + high;
}

/** The outage that goes on at `now`: the last interval of `down`, with what went before it. */
export function whileDown(baseline: Baseline, down: readonly Interval[], now: Instant): WhileDown {
  const soFar = down.map(({ from, to }) => ({ from, to: Math.min(to ?? now, now) }));
  const clock = deadlines(inflowsOf(baseline, soFar), down, now);
  return {
    sent: clock.reduce((sum, { sent }) => sum + sent, 0),
    through: clock.reduce((sum, { through }) => sum + through, 0),
    lost: clock.reduce((sum, { lost }) => sum + lost, 0),
    deadlines: clock,
  };
}

/** Curves as they are known at recovery, counted from the first message that was accepted. */
export function releaseAfter(baseline: Baseline, down: readonly Interval[]): ReleaseCurve[] {
  const recovery = recoveryOf(down);
  const fresh = expectedMessages(usualSlices(baseline, [{ from: recovery, to: recovery + HOUR }])) / HOUR;
  return sinceFirstMessage(releases(inflowsOf(baseline, down), down), fresh);
}

/** What is still to come after the last interval of `down`, given the held messages that have arrived until `now`. */
export function afterRecovery(
  curves: readonly ReleaseCurve[],
  recovery: Instant,
  now: Instant,
  arrivals: readonly Arrival[],
): AfterRecovery {
  const byClass = new Map<string, number>();
  let arrived = 0;
  for (const { at, senderClass } of arrivals) {
    if (at < recovery || at > now) continue;
    arrived++;
    byClass.set(senderClass, (byClass.get(senderClass) ?? 0) + 1);
  }
  const watched = Math.max(0, now - recovery);
  const seen = watched > 0 ? afterWatching(curves, { watched, byClass }) : undefined;
  const held = seen?.held ?? expectedHeld(curves);
  return {
    held,
    arrived,
    stillOut: Math.max(0, held - arrived),
    givenUp: curves.reduce((sum, curve) => sum + curve.expected * curve.givenUp, 0),
    arrivedAt: (share) => momentOf(share, recovery, (wait) => seen?.shareArrived(wait) ?? shareArrived(curves, wait)),
  };
}
