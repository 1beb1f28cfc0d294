// How much late mail is expected from now on: two curves, and 8 times out of 10 what comes lies between them.

import type { Forecast } from "../../forecast/forecast.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../../time.ts";
import type { ExpectedRange } from "../expected.ts";

/** The fewest and the most that wait at `from + (i + 1) * width`, not rounded. */
export interface Ahead {
  readonly from: Instant;
  readonly width: Duration;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A curve's corners: straight between them. */
type Corner = readonly [at: Instant, count: number];

/** Points of a curve; more would not be seen. */
const points = 48;
const widths = [1, 2, 5, 10, 20, 30, 60].map((seconds) => seconds * SECOND);
/** More than this at its senders comes to what waits here, and shares of all are no longer shares of what is here. */
const atSendersMost = 0.01;
/** Places of the 10 and of the 90 per cent in an outlook's moments. */
const early = 1;
const late = 5;

/** The curves from `waiting` messages now to the ends of the range; `undefined` where there is no range. */
export function aheadOf(
  { messages, latest, outlook }: Pick<Forecast, "messages" | "latest" | "outlook">,
  expected: ExpectedRange | undefined,
  waiting: number,
  now: Instant,
): Ahead | undefined {
  if (expected === undefined || !(expected.latest > now) || !(messages > 0) || !(waiting > 0)) return undefined;
  const span = expected.latest - now;
  const width = widths.find((one) => one * points >= span) ?? Math.ceil(span / points / MINUTE) * MINUTE;
  // On whole steps, so that what is drawn does not move with every look.
  const from = Math.floor(now / width) * width;
  const moving = Math.min(messages, waiting);
  // Late mail that is held or goes nowhere is not in the range, and stays.
  const rest = waiting - moving;
  const known = outlook?.recovered === true && outlook.atSenders <= atSendersMost * moving ? outlook : undefined;
  const curve = (quantile: number, end: Instant): ((at: Instant) => number) => {
    const corners: Corner[] = [[from, waiting]];
    for (const [share, moments] of [
      [0.5, known?.half],
      [0.9, known?.ninety],
      [0.99, known?.ninetyNine],
    ] as const) {
      const at = moments?.[quantile] ?? Number.NaN;
      const left = (1 - share) / (1 - (known?.progress ?? 0));
      // A share that is only known to be through when all is says nothing of its own.
      if (at > from && at < Math.min(end, latest ?? end) && left < 1) corners.push([at, rest + moving * left]);
    }
    return along([...corners, [Math.max(end, from + 1), rest]]);
  };
  const lowest = curve(early, expected.earliest);
  const highest = curve(late, expected.latest);
  const moments = Array.from({ length: Math.ceil((expected.latest - from) / width) }, (_, i) => from + (i + 1) * width);
  const high = moments.map(highest);
  return { from, width, low: moments.map((at, i) => Math.min(lowest(at), high[i])), high };
}

/** The height of a curve that never rises, at a moment. */
function along(corners: readonly Corner[]): (at: Instant) => number {
  return (at) => {
    const i = corners.findIndex(([corner]) => corner >= at);
    if (i < 0) return corners[corners.length - 1][1];
    if (i === 0) return corners[0][1];
    const [from, before] = corners[i - 1];
    const [to, after] = corners[i];
    return Math.min(before, before + ((after - before) * (at - from)) / (to - from));
  };
}
