// `npm run bench:forecast -- --seeds 1001-1400`: the forecaster through simulated outages, beside what people use today.
// `npm run calibrate -- --seeds 1-400`: makes the tables of ranges anew, ours and those of the baselines.

import { readFileSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { calibrationOf, calibrationPath, mailtide, readCalibration } from "./contender.ts";
import { type BaselineTables, baselineTables } from "./conformal.ts";
import { type Extra, extraNames, type Law } from "./scenario.ts";
import { timeEstimate } from "./speed.ts";
import { figuresOf, goalsOf, tableText } from "./table.ts";
import { type Contender, type Trial, tryOutage } from "./trial.ts";

const tablesPath = new URL("baselines.json", import.meta.url);
const comparedAt = [0.1, 0.25, 0.5, 0.75, 0.9];
const calibratedAt = [0.1, 0.17, 0.25, 0.37, 0.5, 0.62, 0.75, 0.83, 0.9];

interface Options {
  readonly seeds: readonly number[];
  readonly every: number;
  readonly causes: number;
  readonly law: Law;
  readonly extras: readonly Extra[];
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly more?: boolean;
}

/** Seeds out of a text such as `1-40` or `7,9,11-13`. */
export function seedsOf(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first, last] = part.split("-").map(Number);
    if (!Number.isInteger(first)) throw new Error(`${part} is no seed: write --seeds 1-40 or --seeds 7,9.`);
    return Array.from({ length: (last ?? first) - first + 1 }, (_, n) => first + n);
  });
}

function readTables(): BaselineTables {
  try {
    return JSON.parse(readFileSync(tablesPath, "utf8")) as BaselineTables;
  } catch {
    return {};
  }
}

function playAll(contender: Contender, options: Options, points: readonly number[], causes: number): Trial[] {
  const began = performance.now();
  let told = began;
  return options.seeds.map((seed, n) => {
    const { law, extras, every } = options;
    const trial = tryOutage(contender, { seed, law, extras, points, every, causes: n < causes });
    if (performance.now() - told > 10_000) {
      told = performance.now();
      process.stderr.write(`${n + 1} of ${options.seeds.length} outages, ${Math.round((told - began) / 1000)} s\n`);
    }
    return trial;
  });
}

function bench(options: Options): void {
  const contender = mailtide(options.raw ? undefined : readCalibration());
  const began = performance.now();
  const trials = playAll(contender, options, comparedAt, options.causes);
  const figures = figuresOf(trials, readTables(), timeEstimate(contender));
  const seconds = Math.round((performance.now() - began) / 1000);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ seconds, goals: goalsOf(figures), ...figures }, undefined, 1)}\n`);
    return;
  }
  process.stdout.write(`${tableText(figures, options.more === true)}\n\n${trials.length} outages, ${seconds} s\n`);
}

function calibrate(options: Options): void {
  const trials = playAll(mailtide(undefined), { ...options, every: 0 }, calibratedAt, 0);
  writeFileSync(calibrationPath, `${JSON.stringify(calibrationOf(trials))}\n`);
  const rows = trials.flatMap((trial) => trial.rows);
  writeFileSync(tablesPath, `${JSON.stringify(baselineTables(rows))}\n`);
  process.stderr.write(`${rows.length} forecasts of ${trials.length} outages made the tables\n`);
}

function command(name: string, seeds: string, run: (options: Options) => void): Command {
  return new Command(name)
    .option("--seeds <range>", "which outages", seedsOf, seedsOf(seeds))
    .option("--every <minutes>", "minutes between two estimates", Number, 5)
    .option("--causes <outages>", "how many of them are played again to see what it was", Number, 160)
    .addOption(new Option("--law <law>", "how scenarios are drawn").choices(["usual", "shifted"]).default("usual"))
    .addOption(new Option("--extras <names...>", "what the usual world lacks").choices([...extraNames]).default([]))
    .option("--raw", "without the table of ranges")
    .option("--more", "by point, cause and circumstance too")
    .option("--json", "figures for programs")
    .action(run);
}

new Command("forecast")
  .addCommand(command("bench", "1001-1400", bench))
  .addCommand(command("calibrate", "1-400", calibrate))
  .parse();
