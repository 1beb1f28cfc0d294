// Counts what vitest ran, for the last line of a run, and says of each skipped test why it was skipped.

import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { addTally, emptyTally, type Tally } from "./tally.ts";

/** Why a test was skipped: what `ctx.skip(reason)` gave; a suite that is skipped as a whole has its reason in its name. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  return result.state === "skipped" && result.note ? `: ${result.note}` : "";
}

/** What one file adds; a file that cannot even be loaded is one failure, and so is an error outside any test. */
export function tallyOf(module: TestModule, skips: string[]): Tally {
  let tally = emptyTally;
  for (const test of module.children.allTests()) {
    const state = test.result().state;
    if (state === "skipped") skips.push(`${test.fullName}${reasonOf(test)}`);
    const failed = state !== "passed" && state !== "skipped";
    tally = addTally(tally, {
      passed: state === "passed" ? 1 : 0,
      failed: failed ? 1 : 0,
      skipped: state === "skipped" ? 1 : 0,
    });
  }
  const outside = module.errors().length > 0 ? 1 : 0;
  return addTally(tally, { passed: 0, failed: outside, skipped: 0 });
}

/** The vitest reporter: writes the counts to the file that MAILTIDE_TEST_SUMMARY names. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const skips: string[] = [];
    let total = emptyTally;
    for (const module of modules) total = addTally(total, tallyOf(module, skips));
    if (unhandled.length > 0) total = addTally(total, { passed: 0, failed: 1, skipped: 0 });
    for (const skip of skips) console.log(`skipped  ${skip}`);
    const file = process.env.MAILTIDE_TEST_SUMMARY;
    if (file !== undefined) writeFileSync(file, JSON.stringify(total));
  }
}
