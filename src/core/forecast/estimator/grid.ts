// How the time ahead is cut: finely where a minute matters, coarsely where an hour does. Seconds from now.

const stretches: readonly (readonly [count: number, seconds: number])[] = [
  [60, 60],
  [45, 120],
  [42, 300],
  [36, 900],
  [30, 1800],
  [50, 7200],
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

/** The bin of each minute. */
const ofMinute: Uint16Array = (() => {
  const found = new Uint16Array(horizon / 60);
  for (let b = 0; b < bins; b++) found.fill(b, edges[b] / 60, edges[b + 1] / 60);
  return found;
})();

/** The bin that holds a moment; `bins` for what lies beyond. */
export function binAt(seconds: number): number {
  if (seconds <= 0) return 0;
  return seconds < horizon ? ofMinute[(seconds / 60) | 0] : bins;
}
