// What was said through a recorded outage, against what came of it.

import type { Report } from "../../src/core/report.ts";
import { type Instant, SECOND } from "../../src/core/time.ts";
import type { Truth } from "./truth.ts";

/** What was said at a step. */
export interface Said {
  readonly at: Instant;
  readonly earliest: Instant | undefined;
  readonly likely: Instant | undefined;
  readonly latest: Instant | undefined;
  readonly state: string;
  readonly limit: string;
  readonly messages: number;
  /** The 8 in 10 of the outlook, where there is one. */
  readonly ninety: readonly [Instant, Instant] | undefined;
  readonly ninetyNine: readonly [Instant, Instant] | undefined;
}

/** How good it was. */
export interface Judgement {
  /** Steps while delayed mail waited, and of these, those with a range. */
  readonly steps: number;
  readonly ranges: number;
  /** Of `steps`, the share whose range held the truth; a step without a range is a miss. */
  readonly coverage: number;
  /** The same of the steps after the outage had ended. */
  readonly coverageAfter: number;
  /** Error of the likely time when half of the delayed mail was through, as a share of what then remained. */
  readonly errorAtHalf: number | null;
  /** Whether it was said at any step that no mail is delayed while some was. */
  readonly falseClear: boolean;
  /** Middle width of the ranges after the outage had ended, against what then remained. */
  readonly width: number | null;
  /** Of the steps after the end and before so much of the delayed mail was delivered, the share whose outlook held that moment. */
  readonly ninety: number | null;
  readonly ninetyNine: number | null;
}

/** A message waits longer than usual from this age on. */
const delayedAfter = 10 * SECOND;

/** What a report said. */
export function saidIn({ at, forecast, backlog }: Report): Said {
  const { earliest, likely, latest, state, limit, outlook } = forecast;
  const ninety = outlook && ([outlook.ninety[1], outlook.ninety[5]] as const);
  const ninetyNine = outlook && ([outlook.ninetyNine[1], outlook.ninetyNine[5]] as const);
  return { at, earliest, likely, latest, state, limit, messages: backlog.messages, ninety, ninetyNine };
}

function covers(said: Said, clear: Instant): boolean {
  return said.earliest !== undefined && said.latest !== undefined && said.earliest <= clear && clear <= said.latest;
}

/** Judges what was said by the truth. */
export function judge(said: readonly Said[], truth: Truth): Judgement {
  const { begin, end, clear, half } = truth;
  const during = said.filter(({ at }) => at > begin + delayedAfter && at < clear);
  const after = during.filter(({ at }) => at > end);
  const share = (of: readonly Said[]): number =>
    of.length === 0 ? 1 : of.filter((one) => covers(one, clear)).length / of.length;
  // What is a second off is not wrong: a log has whole seconds.
  const outlook = (target: "ninety" | "ninetyNine"): number | null => {
    const came = truth[target];
    const steps = after.filter(({ at }) => at < came - SECOND);
    const held = steps.filter(({ [target]: range }) => {
      return range !== undefined && range[0] <= came + SECOND && !(range[1] < came - SECOND);
    });
    return steps.length === 0 ? null : held.length / steps.length;
  };
  const middle = during.find(({ at }) => at >= half);
  const remains = middle === undefined ? 0 : clear - middle.at;
  const widths = after
    .filter(({ latest }) => latest !== undefined)
    .map(({ earliest, latest, at }) => ((latest ?? 0) - (earliest ?? 0)) / Math.max(SECOND, clear - at))
    .sort((a, b) => a - b);
  return {
    steps: during.length,
    ranges: during.filter(({ latest }) => latest !== undefined).length,
    coverage: share(during),
    coverageAfter: share(after),
    errorAtHalf:
      middle === undefined || remains <= 0
        ? null
        : middle.likely === undefined
          ? 1
          : Math.abs(middle.likely - clear) / remains,
    falseClear: during.some(({ state }) => state === "clear"),
    width: widths.length === 0 ? null : widths[widths.length >> 1],
    ninety: outlook("ninety"),
    ninetyNine: outlook("ninetyNine"),
  };
}
