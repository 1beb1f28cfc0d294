// `npm run bench:forecast -- --seeds 1001-1400`: the forecaster through simulated outages, beside what people use today.
// `npm run calibrate`: makes the tables of ranges anew, ours and those of the baselines.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type BaselineTables, baselineTables } from "./conformal.ts";
import { calibrationOf, calibrationPath, mailtide, readCalibration } from "./contender.ts";
import { type Extra, extraNames, type Law } from "./scenario.ts";
import type { SideWork } from "./side.ts";
import { timeEstimate } from "./speed.ts";
import { figuresOf, goalsOf, tableText } from "./table.ts";
import { type Trial, type TrialOptions, tryOutage } from "./trial.ts";

const tablesPath = new URL("baselines.json", import.meta.url);
const comparedAt = [0.1, 0.25, 0.5, 0.75, 0.9];
const calibratedAt = [0.1, 0.17, 0.25, 0.37, 0.5, 0.62, 0.75, 0.83, 0.9];

interface Options {
  readonly seeds: readonly number[];
  readonly every: number;
  readonly causes: number;
  readonly jobs: number;
  readonly futures: number;
  readonly law: Law;
  readonly extras: readonly Extra[];
  readonly raw: boolean;
  readonly json: boolean;
  readonly more: boolean;
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

/** Plays all outages, in threads if asked; the answer is in the order of the seeds either way. */
async function playAll(
  options: Options,
  raw: boolean,
  trial: Pick<TrialOptions, "points" | "soonest">,
  causes: number,
): Promise<Trial[]> {
  const { law, extras, every, seeds, futures } = options;
  const work = seeds.map(
    (seed, n): TrialOptions => ({ seed, law, extras, ...trial, every, causes: n < causes, futures }),
  );
  const began = performance.now();
  let told = began;
  let done = 0;
  const tell = () => {
    done++;
    if (performance.now() - told < 20_000) return;
    told = performance.now();
    process.stderr.write(`${done} of ${work.length} outages, ${Math.round((told - began) / 1000)} s\n`);
  };
  if (options.jobs <= 1) {
    const contender = mailtide(raw ? undefined : readCalibration());
    return work.map((one) => {
      const trial = tryOutage(contender, one);
      tell();
      return trial;
    });
  }
  const shares = Array.from({ length: options.jobs }, (_, job) => work.filter((_, n) => n % options.jobs === job));
  const played = await Promise.all(
    shares.map(
      (share) =>
        new Promise<Trial[]>((resolve, reject) => {
          const trials: Trial[] = [];
          const data: SideWork = { raw, work: share };
          const side = new Worker(new URL("side.ts", import.meta.url), { workerData: data });
          side.on("message", (trial: Trial) => {
            trials.push(trial);
            tell();
          });
          side.on("error", reject);
          side.on("exit", () => resolve(trials));
        }),
    ),
  );
  return played.flat().sort((a, b) => a.seed - b.seed);
}

async function bench(options: Options): Promise<void> {
  const { raw } = options;
  const began = performance.now();
  const trials = await playAll(options, raw, { points: comparedAt }, options.causes);
  const figures = figuresOf(trials, readTables(), timeEstimate(mailtide(raw ? undefined : readCalibration())));
  const seconds = Math.round((performance.now() - began) / 1000);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ seconds, goals: goalsOf(figures), ...figures }, undefined, 1)}\n`);
    return;
  }
  process.stdout.write(`${tableText(figures, options.more)}\n\n${trials.length} outages, ${seconds} s\n`);
}

async function calibrate(options: Options): Promise<void> {
  // Who asks does not know yet whether it will take ten minutes: what was soon over belongs into the tables too.
  const trials = await playAll({ ...options, every: 0, futures: 0 }, true, { points: calibratedAt, soonest: 60 }, 0);
  writeFileSync(calibrationPath, `${JSON.stringify(calibrationOf(trials))}\n`);
  const rows = trials.flatMap((trial) => trial.rows);
  writeFileSync(tablesPath, `${JSON.stringify(baselineTables(rows))}\n`);
  process.stderr.write(`${rows.length} forecasts of ${trials.length} outages made the tables\n`);
}

function optionsOf(args: readonly string[], seeds: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: seeds },
      every: { type: "string", default: "5" },
      causes: { type: "string", default: "160" },
      jobs: { type: "string", default: "1" },
      futures: { type: "string", default: "0" },
      law: { type: "string", default: "usual" },
      extras: { type: "string", default: "" },
      raw: { type: "boolean", default: false },
      more: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const number = (name: "every" | "causes" | "jobs" | "futures"): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new Error(`--${name} ${values[name]} is no number.`);
  };
  if (values.law !== "usual" && values.law !== "shifted") throw new Error("--law is usual or shifted.");
  const extras = values.extras === "all" ? extraNames : values.extras.split(",").filter((name) => name !== "");
  const known = extraNames.filter((name) => extras.includes(name));
  if (known.length < extras.length) throw new Error(`--extras is all, or some of ${extraNames.join(",")}.`);
  const { law, raw, more, json } = values;
  const numbers = {
    every: number("every"),
    causes: number("causes"),
    jobs: number("jobs"),
    futures: number("futures"),
  };
  return { seeds: seedsOf(values.seeds), ...numbers, law, extras: known, raw, more, json };
}

const [verb, ...rest] = process.argv.slice(2);
try {
  if (verb === "bench") await bench(optionsOf(rest, "1001-1400"));
  else if (verb === "calibrate") await calibrate(optionsOf(rest, "1-800,20001-21600"));
  else throw new Error("say bench or calibrate, as `npm run bench:forecast` and `npm run calibrate` do.");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
