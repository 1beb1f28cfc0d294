// The range as it is said: rounded outwards, so that every channel says the same and the later end is the promise.

import type { Forecast } from "../forecast/forecast.ts";
import { HOUR, type Instant, MINUTE } from "../time.ts";

export interface ExpectedRange {
  readonly earliest: Instant;
  readonly latest: Instant;
}

/** When the late mail is expected to be through; undefined as long as we cannot say. */
export function expectedRange(
  forecast: Pick<Forecast, "state" | "earliest" | "latest" | "limit">,
): ExpectedRange | undefined {
  const { earliest, latest, limit, state } = forecast;
  if (earliest === undefined || latest === undefined || state === "unknown") return undefined;
  // While the cause lasts a range of its end is a guess about others, and no promise of ours.
  if (limit === "destination" || limit === "stalls") return undefined;
  const spread = latest - earliest;
  const step = spread < 30 * MINUTE ? MINUTE : spread < 4 * HOUR ? 5 * MINUTE : 30 * MINUTE;
  return { earliest: Math.floor(earliest / step) * step, latest: Math.ceil(latest / step) * step };
}
