// How well the return of mail that senders held is predicted: `npm run -s bench:senders -- FOLDER [--json]`
//
// FOLDER holds one JSON file for each recorded outage; docs/sender-schedules.md describes the format. Nothing is fitted
// here: what is predicted comes from the schedules, the classes that wrote before the outage, and the outage itself.

import { compare, meanError, summarize } from "./evaluate.ts";
import { readOutages } from "./outage-file.ts";

const folder = process.argv.slice(2).find((word) => !word.startsWith("--"));
if (folder === undefined) {
  process.stderr.write("Name a folder of recorded outages: npm run -s bench:senders -- FOLDER [--json]\n");
  process.exit(2);
}
const { outages, left } = readOutages(folder);
for (const sentence of left) process.stderr.write(`left out: ${sentence}\n`);
const comparisons = outages.map(compare);
const summary = summarize(comparisons);

if (process.argv.includes("--json")) {
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} else {
  const list = (shares: readonly number[]): string => shares.map((share) => share.toFixed(3)).join(" ");
  process.stdout.write(
    "share of held mail arrived by 15, 30, 60, 120, 240 min; after watching 15 min: by 30 to 240\n\n",
  );
  process.stdout.write(
    `${"outage".padEnd(14)}${"hours".padStart(7)}  ${"true".padEnd(30)}${"predicted".padEnd(30)}${"error".padEnd(7)}${"after 15 min".padEnd(24)}${"error".padEnd(7)}${"held".padStart(5)}${"expected".padStart(10)}\n`,
  );
  for (const { id, hours, held, expected, truth, prior, after } of comparisons) {
    process.stdout.write(
      `${id.padEnd(14)}${hours.toFixed(2).padStart(7)}  ${list(truth).padEnd(30)}${list(prior).padEnd(30)}${meanError(prior, truth).toFixed(3).padEnd(7)}${list(after).padEnd(24)}${meanError(after, truth).toFixed(3).padEnd(7)}${String(held).padStart(5)}${expected.toFixed(1).padStart(10)}\n`,
    );
  }
  const ratios = Object.values(summary.heldRatio).sort((a, b) => a - b);
  const middle = ratios.length >> 1;
  const median = ratios.length % 2 === 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
  process.stdout.write(
    `\n${summary.events} outages: mean error ${summary.maePrior ?? "-"} beforehand, ${summary.maeAfter15 ?? "-"} after 15 min; expected/held, median ${ratios.length > 0 ? median.toFixed(2) : "-"}\n`,
  );
}
process.exitCode = outages.length > 0 ? 0 : 1;
