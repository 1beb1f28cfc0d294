// A server that is faster than its little mail lets one guess: stretches with and without an outage of its way out, one after the
// other, as its log tells them.
//
// Each message is tried when it comes. While nothing can be delivered it waits; when the way out is back, all that waits is
// taken up at once and handed on at the pace that the server has.

import type { Instant } from "../../../../src/core/time.ts";
import { MINUTE, SECOND } from "../../../../src/core/time.ts";
import { arrives, clock, clockText, goes, leaves, queued, type Story, waits } from "../../../support/story.ts";

/** Messages that come in a minute, and of those that wait, how many are handed on in one. */
const comes = 4;
const pace = 100;
/** Minutes of a stretch at which the way out is lost, and back. */
const lost = 60;
const back = 540;
/** Minutes of a stretch: long enough after the outage that its minutes are told to no estimator any more. */
const minutes = 740;

/** What came of an outage. */
export interface Outage {
  readonly recovered: Instant;
  /** When half, 90 and 99 % of what waited had been handed on. */
  readonly half: Instant;
  readonly ninety: Instant;
  readonly ninetyNine: Instant;
}

/** Plays a stretch, the first one from 10:00 on; `broken`: with the outage. `minute` is called after its minutes. */
export function playStretch(story: Story, which: number, broken: boolean, minute: (now: Instant) => void): Outage {
  const start = clock("10:00:00") + (which - 1) * minutes * MINUTE;
  const waiting: string[] = [];
  let serial = 0;
  let delayed = 0;
  let done = 0;
  const reached = new Map<number, Instant>();
  for (let n = 0; n < minutes; n++) {
    const at = start + n * MINUTE;
    const lines: string[] = [];
    const isLost = broken && n >= lost && n < back;
    const text = (second: number): string => clockText(at + second * SECOND);
    for (let k = 0; k < comes; k++) {
      const id = `${which}A${(0x10000 + serial++).toString(16).toUpperCase()}`;
      lines.push(...arrives(text(k), id));
      if (isLost) {
        lines.push(waits(text(k), id));
        waiting.push(id);
      } else lines.push(goes(text(k), id), leaves(text(k), id));
    }
    if (broken && n === back) {
      delayed = waiting.length;
      for (const id of waiting) lines.push(queued(text(comes), id));
    }
    for (let k = 0; n >= back && k < pace && waiting.length > 0; k++) {
      const id = waiting.shift() ?? "";
      const second = 10 + k * 0.45;
      lines.push(goes(text(second), id, { delay: 3600 }), leaves(text(second), id));
      done++;
      for (const share of [0.5, 0.9, 0.99]) {
        if (done >= share * delayed && !reached.has(share)) reached.set(share, at + second * SECOND);
      }
    }
    story.tell(...lines);
    // What happens in the midst of the outage is looked at more seldom.
    if (!isLost || n % 5 === 4) minute(at + MINUTE);
  }
  const when = (share: number): Instant => reached.get(share) ?? Number.NaN;
  return { recovered: start + back * MINUTE, half: when(0.5), ninety: when(0.9), ninetyNine: when(0.99) };
}
