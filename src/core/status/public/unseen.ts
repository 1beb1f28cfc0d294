// Stretches in which nobody could see: what a picture over time has to leave out, however sure its numbers look.

import { type Instant, MINUTE } from "../../time.ts";

/** From the last that was seen to the first that was seen again. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** How well we could see until now; `NaN` where there is no such moment. */
export interface Sight {
  /** The last look that saw. */
  readonly well: Instant;
  /** Nothing has been seen since. */
  readonly since: Instant;
  /** Those that are over, oldest first. */
  readonly over: readonly Stretch[];
}

/** Nobody has looked yet. */
export const noSight: Sight = { well: Number.NaN, since: Number.NaN, over: [] };

/** Shorter than this is no stretch: a start takes a moment. */
const shortest = MINUTE;
const kept = 200;

/** What is remembered of a look. `lastSeen`: of any source. */
export function looked(
  { well, since, over }: Sight,
  { blind, lastSeen }: { readonly blind: boolean; readonly lastSeen: Instant | undefined },
  now: Instant,
): Sight {
  if (blind) {
    // That we are blind is said with patience: it began when something was seen for the last time.
    const last = Number.isNaN(well) ? now : Math.min(well, lastSeen ?? well, now);
    return { well, since: Number.isNaN(since) ? last : Math.min(since, now), over };
  }
  const ended = now - since >= shortest ? [...over, { from: since, to: now }].slice(-kept) : over;
  return { well: now, since: Number.NaN, over: ended };
}

/** Counts over time, and of which stretches there was one: `told[i]` is below 0 where there was none. */
interface Counted {
  readonly from: Instant;
  readonly width: number;
  readonly told: ArrayLike<number>;
}

/** The stretches that nobody can say anything about: a log that was read later tells of its time all the same. */
export function unseenUntil({ since, over }: Sight, counted: Counted, now: Instant): Stretch[] {
  const closed = over.flatMap((stretch) => untold(stretch, counted));
  return now > since ? [...closed, { from: since, to: now }] : closed;
}

function untold(stretch: Stretch, { from, width, told }: Counted): Stretch[] {
  const left: Stretch[] = [];
  let open = stretch.from;
  const close = (at: Instant) => {
    if (at > open) left.push({ from: open, to: at });
  };
  const first = Math.max(0, Math.floor((stretch.from - from) / width));
  for (let i = first; i < told.length && from + i * width < stretch.to; i++) {
    if (told[i] < 0) continue;
    close(from + i * width);
    open = Math.max(open, from + (i + 1) * width);
  }
  close(stretch.to);
  return left;
}
