// Time is an argument everywhere in the core: nothing here asks a clock.

/** Milliseconds since 1970-01-01T00:00:00Z. `NaN` where a moment is unknown. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Duration = number;

/** A stretch of time: `from` belongs to it, `to` does not. An open end is `undefined`. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant | undefined;
}

export const SECOND: Duration = 1000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

/** RFC 3339 text of a moment in UTC, or `null` where it is unknown. */
export function instantText(at: Instant | undefined): string | null {
  return at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString();
}
