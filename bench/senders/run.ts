// How well the return of mail that senders held is predicted: `npm run -s bench:senders -- FOLDER [--json]`
//
// FOLDER holds one JSON file for each recorded outage; docs/sender-schedules.md describes the format. Nothing is fitted
// here: what is predicted comes from the schedules, the classes that wrote before the outage, and the outage itself.

import { momentOf, releaseAfter } from "../../src/core/retries/senders/outlook.ts";
import { beliefsOf } from "../../src/core/retries/senders/update.ts";
import { MINUTE } from "../../src/core/time.ts";
import { compare, type Knowledge, knowledge, meanError, summarize } from "./evaluate.ts";
import { readOutages } from "./outage-file.ts";

const folder = process.argv.slice(2).find((word) => !word.startsWith("--"));
if (folder === undefined) {
  process.stderr.write("Name a folder of recorded outages: npm run -s bench:senders -- FOLDER [--json]\n");
  process.exit(2);
}
const { outages, left } = readOutages(folder);
for (const sentence of left) process.stderr.write(`left out: ${sentence}\n`);
const comparisons = outages.map((outage) => compare(outage));
const summary = summarize(comparisons);
const mixes = Object.fromEntries(
  knowledge.map((known) => {
    const { maePrior, maeAfter15 } = summarize(outages.map((outage) => compare(outage, known)));
    return [known, { maePrior, maeAfter15 }];
  }),
) as Record<Knowledge, { maePrior: number | null; maeAfter15: number | null }>;
const says: Record<Knowledge, string> = {
  classes: "each class at its own hours, as the files have them",
  headers: "the mix as the program learns it, from names and Received headers",
  names: "the mix as the program learns it, from names alone",
  nothing: "senders at large, nothing learned",
};

/** Milliseconds of processor time of the first estimate after an outage, which makes the curves, and of each one after it. */
function costs(all: typeof outages): [first: number, next: number] {
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const ask = (beliefs: ReturnType<typeof beliefsOf>, watched: number): void => {
    const seen = beliefs.after({ watched, byClass: new Map([["unknown", 20]]) });
    for (const share of [0.9, 0.99]) momentOf(share, 0, (wait) => seen.shareArrived(wait));
  };
  const times = all.map(({ baseline, down }) => {
    const begin = used();
    const beliefs = beliefsOf(releaseAfter(baseline, down));
    ask(beliefs, 15 * MINUTE);
    const made = used();
    for (let again = 1; again <= 5; again++) ask(beliefs, (15 + again) * MINUTE);
    return [made - begin, (used() - made) / 5];
  });
  const middle = (which: 0 | 1): number => times.map((one) => one[which]).sort((a, b) => a - b)[times.length >> 1] ?? 0;
  return [middle(0), middle(1)];
}

if (process.argv.includes("--json")) {
  process.stdout.write(`${JSON.stringify({ ...summary, mixes })}\n`);
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
  const [first, next] = costs(outages);
  process.stdout.write(
    `one estimate after an outage, median: ${first.toFixed(0)} ms of a processor the first time, ${next.toFixed(1)} ms from then on\n`,
  );
  process.stdout.write("\nmean error beforehand and after 15 min, by what is known of who the senders are\n");
  for (const known of knowledge) {
    const { maePrior, maeAfter15 } = mixes[known];
    process.stdout.write(`${String(maePrior ?? "-").padEnd(8)}${String(maeAfter15 ?? "-").padEnd(8)}${says[known]}\n`);
  }
}
process.exitCode = outages.length > 0 ? 0 : 1;
