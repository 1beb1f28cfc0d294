// How the time ahead is cut: finely where a minute matters, coarsely where an hour does. Seconds from now.

const stretches: readonly (readonly [count: number, seconds: number])[] = [
  [60, 60],
  [60, 120],
  [72, 300],
  [60, 900],
  [106, 3600],
];

/** Number of bins; together they reach 130 hours. */
export const bins = stretches.reduce((sum, [count]) => sum + count, 0);

/** Where each bin begins, and last where the last one ends. */
export const edges: Float64Array = (() => {
  const found = new Float64Array(bins + 1);
  let at = 0;
  for (const [count, seconds] of stretches) {
    for (let n = 0; n < count; n++, at++) found[at + 1] = found[at] + seconds;
  }
  return found;
})();

/** End of all that is looked at. */
export const horizon = edges[bins];

/** The bin that holds a moment; `bins` for what lies beyond. */
export function binAt(seconds: number): number {
  if (seconds < 3600) return seconds <= 0 ? 0 : Math.floor(seconds / 60);
  if (seconds < 10800) return 60 + Math.floor((seconds - 3600) / 120);
  if (seconds < 32400) return 120 + Math.floor((seconds - 10800) / 300);
  if (seconds < 86400) return 192 + Math.floor((seconds - 32400) / 900);
  if (seconds < horizon) return 252 + Math.floor((seconds - 86400) / 3600);
  return bins;
}
