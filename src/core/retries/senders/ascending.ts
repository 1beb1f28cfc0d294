// Numbers in order: finding a place among them, and making one row of several.

/** How many of the numbers, which ascend, are `value` or less. */
export function placeAfter(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * One ascending row of what stands in `waits`, taken several times over: each time `shifts` earlier, but not before 0. `shares[i]`
 * of the whole has come by `waits[i]`; each of the copies counts alike.
 */
export function overlaid(
  waits: Float64Array,
  shares: Float64Array,
  shifts: readonly number[],
): { readonly waits: Float64Array<ArrayBuffer>; readonly shares: Float64Array<ArrayBuffer> } {
  const length = waits.length * shifts.length;
  const merged = new Float64Array(length);
  const sums = new Float64Array(length);
  const next = new Int32Array(shifts.length);
  let sum = 0;
  // Few rows, each in order: the least of their heads is the next.
  for (let at = 0; at < length; at++) {
    let row = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < shifts.length; i++) {
      if (next[i] === waits.length) continue;
      const head = Math.max(0, waits[next[i]] - shifts[i]);
      if (head < least || row === -1) {
        least = head;
        row = i;
      }
    }
    const place = next[row]++;
    sum += shares[place] - (place > 0 ? shares[place - 1] : 0);
    merged[at] = least;
    sums[at] = Math.min(1, sum / shifts.length);
  }
  if (length > 0) sums[length - 1] = 1;
  return { waits: merged, shares: sums };
}
