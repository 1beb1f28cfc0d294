// Two ways to look at one drain, made one answer.
//
// The timers know each waiting message: when the last of them goes is theirs to say, once the trouble has ended. The
// estimator knows shares: when a half, 90 and 99 % of all that was delayed are through, also of what senders hold, and how
// long what is down may stay down. Measured on recorded outages and on made ones: docs/decisions/0012.

import type { Forecast } from "./forecast.ts";
import type { Outlook } from "./outlook.ts";
import type { Quantiles } from "./seen.ts";

/** More than this at its senders is mail that the timers of our own queue know nothing of. */
const atSendersLeast = 1;

/** The forecast by timers and the outlook, so that neither says what the other rules out. */
export function reconciled(forecast: Forecast, outlook: Outlook | undefined): Forecast {
  if (outlook === undefined) return forecast;
  if (!outlook.recovered || (forecast.latest === undefined && forecast.state === "growing")) {
    return { ...stretched(forecast, outlook), outlook: { ...outlook, allClear: false } };
  }
  const nothingLate = forecast.state === "clear" || (forecast.latest === undefined && forecast.state === "stalled");
  return { ...forecast, outlook: { ...capped(outlook, forecast), allClear: outlook.allClear && nothingLate } };
}

/** While something is down nobody knows how long; the range ends no sooner than 99 % of the mail can be through. */
function stretched(forecast: Forecast, { at, ninetyNine }: Outlook): Forecast {
  const [, early, , middle, , late] = ninetyNine;
  if (Number.isNaN(middle) || Number.isNaN(late)) return forecast;
  if (forecast.earliest === undefined || forecast.likely === undefined || forecast.latest === undefined) {
    return forecast.state === "growing"
      ? { ...forecast, earliest: Math.max(at, early), likely: Math.max(at, middle), latest: Math.max(at, late) }
      : forecast;
  }
  const likely = Math.max(forecast.likely, middle);
  return { ...forecast, likely, latest: Math.max(forecast.latest, late, likely) };
}

/** A share of the mail that waits here cannot be through later than all of it. */
function capped(outlook: Outlook, forecast: Forecast): Outlook {
  const { likely, latest } = forecast;
  if (likely === undefined || latest === undefined || outlook.atSenders >= atSendersLeast) return outlook;
  const cap = (found: Quantiles): Quantiles =>
    found.map((at, n) => {
      if (Number.isNaN(at)) return n <= 3 ? likely : latest;
      return Math.min(at, n <= 3 ? likely : latest);
    }) as unknown as Quantiles;
  return {
    ...outlook,
    half: cap(outlook.half),
    ninety: cap(outlook.ninety),
    ninetyNine: cap(outlook.ninetyNine),
    destinations: outlook.destinations.map((place) => ({ ...place, ninetyNine: cap(place.ninetyNine) })),
  };
}
