// What a server did in a minute, in units of work, and whether it had more to do than that.

import type { DestinationTick, Tick } from "../seen.ts";

/** Work of a further attempt, a first scan being 1: the content filter has seen the message already. */
export const retryWork = 0.15;

/** So much in hand that is not done within a minute is more than it can do; and so much of what it did, where that is more. */
const busyFrom = 15;
const busyShare = 0.3;
/** A place makes its own line if it has more than so many in hand, so many times its usual share. */
const lineFrom = 8;
const lineTimes = 3;

/** Work that was done in a tick: a first scan is 1. */
export function servedIn({ scanned, retried }: Tick): number {
  return scanned + retryWork * retried;
}

/** A place whose share of the mail in hand is far above its usual one makes its own line. */
export function isLine({ destination, active }: DestinationTick, tick: Tick, shares: readonly number[]): boolean {
  return active > lineFrom && active > lineTimes * (shares[destination] ?? 0) * tick.active;
}

function leastInHand(tick: Tick): number {
  return Math.max(busyFrom, busyShare * servedIn(tick));
}

/** Mail in hand at the end of a tick that waits for us, and not in line for a place. */
function inHand(tick: Tick, shares: readonly number[]): number {
  let inLine = 0;
  for (const one of tick.destinations) if (isLine(one, tick, shares)) inLine += one.active;
  return Math.max(0, tick.active - inLine);
}

/** Whether there was much in hand before and after a tick, whoever it waited for: what most minutes fail already. */
export function hadMuch(tick: Tick, before: Tick): boolean {
  return Math.min(tick.active, before.active) > leastInHand(tick);
}

/** Whether more waited for us before and after a tick than was done in it; `before` is the tick before. */
export function isBusy(tick: Tick, before: Tick, shares: readonly number[]): boolean {
  return hadMuch(tick, before) && Math.min(inHand(tick, shares), inHand(before, shares)) > leastInHand(tick);
}
