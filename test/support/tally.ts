// Counting tests, and saying the count.

/** How many tests went which way; each check counts as one test. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The count before anything ran. */
export const emptyTally: Tally = { passed: 0, failed: 0, skipped: 0 };

/** Two counts as one. */
export function addTally(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The line that every run ends with. */
export function lastLine(tally: Tally): string {
  const line = `${tally.passed} passed, ${tally.failed} failed`;
  return tally.skipped > 0 ? `${line}, ${tally.skipped} skipped` : line;
}
