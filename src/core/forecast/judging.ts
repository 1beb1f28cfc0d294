// What was said of a trouble, noted while it lasts, to be held against what came when it is over.

import type { Duration, Instant } from "../time.ts";
import type { PastTrouble } from "./habits.ts";
import type { Estimate } from "./seen.ts";
import type { Trouble } from "./trouble.ts";
import { unstretched } from "./unit.ts";

/** The forecast of the first moment after a recovery is still of what is being tried; the one of so many units later is judged. */
const judgedAfter = 5;
/** Of a handful of messages nobody learns how sure a range is. */
const judgedFrom = 40;

/** What was said at a moment: the early and the late end. */
interface Saying {
  readonly at: Instant;
  readonly queue: readonly [Instant, Instant];
  readonly ninetyNine: readonly [Instant, Instant];
}

/** How a trouble is going to be judged. */
export interface Judging {
  /** Rows that had come before the end, when it was seen. */
  readonly delayed: number;
  readonly said: readonly Saying[];
  /** When but one in a hundred of them was gone; `NaN` before. */
  readonly ninetyNine: Instant;
}

/** Notes what is said, more and more seldom, and when what the trouble delayed was through. `left`: rows of it that wait. */
export function noted(
  before: Judging | undefined,
  trouble: Trouble,
  estimate: Estimate,
  { left, now, unit }: { readonly left: number; readonly now: Instant; readonly unit: Duration },
): Judging | undefined {
  const end = trouble.ends.at(-1);
  if (end === undefined || now - end.at < judgedAfter * unit) return before;
  const { delayed, said, ninetyNine } = before ?? { delayed: left, said: [], ninetyNine: Number.NaN };
  const last = said.at(-1);
  const range = (of: "queue" | "ninetyNine"): [Instant, Instant] => [
    unstretched(estimate[of][1], unit),
    unstretched(estimate[of][5], unit),
  ];
  const due = last === undefined || now - end.at >= 2 * (last.at - end.at);
  const through = left <= delayed / 100 && estimate.atSenders < 1;
  return {
    delayed,
    said: due ? [...said, { at: now, queue: range("queue"), ninetyNine: range("ninetyNine") }] : said,
    ninetyNine: Number.isNaN(ninetyNine) && through ? now : ninetyNine,
  };
}

/** What there is to learn of a trouble that is over; `undefined` where too little was said. */
export function lessonOf(judging: Judging | undefined, trouble: Trouble): PastTrouble | undefined {
  const end = trouble.ends.at(-1);
  if (judging === undefined || end === undefined || judging.delayed < judgedFrom) return undefined;
  const came = { queue: trouble.calmSince, ninetyNine: judging.ninetyNine };
  const told = judging.said.flatMap(({ at, ...said }) =>
    (["queue", "ninetyNine"] as const)
      .filter((target) => came[target] > at)
      .map((target) => ({
        target,
        earliest: said[target][0] - at,
        latest: said[target][1] - at,
        came: came[target] - at,
      })),
  );
  return { began: trouble.began, ended: end.at, told };
}
