// Many trials in a few numbers, and the numbers beside what they must be.

import { type BaselineName, baselineNames, depthBaselines } from "./baselines.ts";
import { type BaselineTables, baselineRange } from "./conformal.ts";
import type { Row, Target, Trial } from "./trial.ts";

/** One forecasting method on one target. */
export interface MethodFigures {
  readonly forecasts: number;
  /** Median absolute error of the remaining time, as a share of it. */
  readonly error: number;
  readonly within25: number;
  readonly noAnswer: number;
  readonly coverage: number;
  /** Median of (late end + 1 min) / (early end + 1 min). */
  readonly width: number;
  /** Mean pinball loss of the logarithm over seven levels; ours only. */
  readonly pinball?: number;
  readonly below?: number;
  readonly above?: number;
}

/** One line of the goal table. `worse` says on which side of `must` trouble lies. */
export interface Goal {
  readonly name: string;
  readonly must: string;
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean;
}

/** Middle value; `NaN` of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function share<T>(values: readonly T[], test: (value: T) => boolean): number {
  return values.length === 0 ? Number.NaN : values.filter(test).length / values.length;
}

function relative(answer: number, came: number): number {
  return Number.isFinite(answer) ? Math.abs(answer - came) / Math.max(60, came) : Number.POSITIVE_INFINITY;
}

const levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
const horizon = 130 * 3600;

/** Our own figures over rows. */
export function ourFigures(rows: readonly Row[]): MethodFigures {
  const errors = rows.map((row) => relative(row.said[3], row.came));
  const late = (row: Row) => (Number.isNaN(row.said[5]) ? horizon : row.said[5]);
  const pinballs = rows.map((row) => {
    const y = Math.log(row.came + 60);
    let sum = 0;
    levels.forEach((level, n) => {
      const said = row.said[n];
      const q = Math.log((Number.isNaN(said) ? horizon : Math.max(0, said)) + 60);
      sum += y >= q ? level * (y - q) : (1 - level) * (q - y);
    });
    return sum / levels.length;
  });
  const below = share(rows, (row) => row.came < row.said[1] - 0.5);
  const above = share(rows, (row) => row.came > late(row) + 0.5);
  return {
    forecasts: rows.length,
    error: median(errors),
    within25: share(errors, (error) => error <= 0.25),
    noAnswer: share(rows, (row) => Number.isNaN(row.said[3])),
    coverage: 1 - below - above,
    width: median(rows.map((row) => (late(row) + 60) / (Math.max(0, row.said[1]) + 60))),
    pinball: pinballs.reduce((a, b) => a + b, 0) / Math.max(1, rows.length),
    below,
    above,
  };
}

/** A baseline's figures over rows. */
export function baselineFigures(rows: readonly Row[], name: BaselineName, tables: BaselineTables): MethodFigures {
  const errors = rows.map((row) => relative(row.baselines[name], row.came));
  const ranges = rows.flatMap((row) => {
    const range = baselineRange(tables, row, name);
    return range === undefined ? [] : [{ row, range }];
  });
  return {
    forecasts: rows.length,
    error: median(errors),
    within25: share(errors, (error) => error <= 0.25),
    noAnswer: share(rows, (row) => Number.isNaN(row.baselines[name])),
    coverage: share(ranges, ({ row, range }) => row.came >= range[0] - 0.5 && row.came <= range[1] + 0.5),
    width: median(ranges.map(({ range }) => (range[1] + 60) / (range[0] + 60))),
  };
}

/** Everything that the table and `--json` say. */
export function figuresOf(trials: readonly Trial[], tables: BaselineTables, estimateMs: number) {
  const rows = trials.flatMap((trial) => trial.rows);
  const of = (target: Target) => rows.filter((row) => row.target === target);
  const methods: Record<string, Record<string, MethodFigures>> = {};
  const best: Record<string, number> = {};
  for (const target of ["queue", "half", "ninety", "ninetyNine"] as const) {
    const own = of(target);
    methods[target] = { mailtide: ourFigures(own) };
    for (const name of baselineNames) methods[target][name] = baselineFigures(own, name, tables);
    best[target] = Math.min(...depthBaselines.map((name) => methods[target][name].error));
  }
  const both = [...of("queue"), ...of("ninetyNine")];
  const pooled = ourFigures(both);
  const byCause: Record<string, MethodFigures> = {};
  for (const cause of new Set(both.map((row) => row.cause))) {
    for (const target of ["queue", "ninetyNine"] as const) {
      const group = both.filter((row) => row.cause === cause && row.target === target);
      if (group.length > 0) byCause[`${target}: ${cause}`] = ourFigures(group);
    }
    byCause[cause] = ourFigures(both.filter((row) => row.cause === cause));
  }
  // A group of a few outages says nothing about coverage.
  const solid = Object.entries(byCause).filter(([name, { forecasts }]) => !name.includes(":") && forecasts >= 100);
  const worst = solid.sort((a, b) => a[1].coverage - b[1].coverage)[0];
  const byPoint: Record<string, MethodFigures> = {};
  for (const target of ["queue", "ninetyNine"] as const) {
    for (const point of new Set(of(target).map((row) => row.point))) {
      byPoint[`${target}: ${Math.round(100 * point)} %`] = ourFigures(of(target).filter((row) => row.point === point));
    }
  }
  const byCircumstance: Record<string, MethodFigures> = {};
  const circumstances = new Map<string, Set<number>>();
  for (const trial of trials) {
    for (const name of [
      `kind ${trial.kind}`,
      ...trial.complications,
      ...(trial.complications.length === 0 ? ["none"] : []),
    ]) {
      circumstances.set(name, (circumstances.get(name) ?? new Set()).add(trial.seed));
    }
  }
  for (const [name, seeds] of [...circumstances].sort()) {
    for (const target of ["queue", "ninetyNine"] as const) {
      byCircumstance[`${target}: ${name}`] = ourFigures(of(target).filter((row) => seeds.has(row.seed)));
    }
  }
  const screen = (target: Target) => {
    const all = trials.flatMap((trial) => trial.screens.filter((one) => one.target === target));
    const hours = all.reduce((sum, one) => sum + one.hours, 0);
    return {
      outages: all.length,
      changesAnHour: all.reduce((sum, one) => sum + one.changes, 0) / hours,
      lineChangesAnHour: all.reduce((sum, one) => sum + one.lineChanges, 0) / hours,
      usableAfter: median(all.map((one) => one.usableAfter)),
      lineUsableAfter: median(all.map((one) => one.lineUsableAfter)),
      neverUsable: share(all, (one) => !Number.isFinite(one.usableAfter)),
      error: median(of(target).map((row) => relative(row.shown ?? Number.NaN, row.came))),
    };
  };
  const clear = trials.filter((trial) => trial.allClear.counts).map((trial) => trial.allClear);
  const asked = trials.flatMap((trial) => trial.notClearing);
  const judged = (pairs: typeof asked, says: (pair: (typeof asked)[number]) => boolean) => {
    const hits = pairs.filter((pair) => says(pair) && pair.was).length;
    return {
      asked: pairs.length,
      precision: hits / pairs.filter(says).length,
      recall: hits / pairs.filter((pair) => pair.was).length,
    };
  };
  const atPoints = asked.filter((one) => one.atPoint);
  const stuck = trials.map((trial) => trial.stuck);
  const dead = stuck.reduce((sum, one) => sum + one.dead, 0);
  const cause = (target: Target) => {
    const checks = trials.flatMap((trial) => trial.causes.filter((check) => check.target === target));
    const clearCut = checks.filter((check) => Math.max(...Object.values(check.gains)) >= 0.05);
    const agrees = clearCut.filter(
      ({ named, gains }) =>
        named !== "none" && named !== "stuck" && gains[named] >= 0.7 * Math.max(...Object.values(gains)),
    );
    const confusions: Record<string, number> = {};
    for (const check of clearCut) {
      const top = Object.entries(check.gains).sort((a, b) => b[1] - a[1])[0][0];
      const key = `${top} said as ${check.named}`;
      if (!agrees.includes(check)) confusions[key] = (confusions[key] ?? 0) + 1;
    }
    return { checked: clearCut.length, agrees: agrees.length / clearCut.length, confusions };
  };
  return {
    outages: trials.length,
    methods,
    best,
    pooled,
    byCause,
    worstCause: worst === undefined ? undefined : { cause: worst[0], ...worst[1] },
    byPoint,
    byCircumstance,
    screens: { queue: screen("queue"), ninetyNine: screen("ninetyNine") },
    allClear: {
      outages: clear.length,
      falseShare: share(clear, (one) => one.left > 0.01),
      never: share(clear, (one) => Number.isNaN(one.late)),
      leftWhenFalse: median(clear.filter((one) => one.left > 0.01).map((one) => one.left)),
      lateMinutes: median(clear.filter((one) => one.left <= 0.01).map((one) => one.late)),
      falseOneSample: share(clear, (one) => one.bandLeft > 0.01),
      falseBand15: share(clear, (one) => one.calmBandLeft > 0.01),
      falseLine: share(clear, (one) => one.lineLeft > 0.01),
    },
    notClearing: {
      ours: judged(atPoints, ({ said }) => said),
      line: judged(atPoints, ({ lineSaid }) => lineSaid),
      best: judged(
        atPoints.filter(({ best }) => !Number.isNaN(best)),
        ({ best }) => best > 0.5,
      ),
      oursByTheClock: judged(
        asked.filter(({ byTheClock }) => byTheClock),
        ({ said }) => said,
      ),
    },
    stuck: {
      dead,
      named: stuck.reduce((sum, one) => sum + one.named, 0) / dead,
      outagesWrong: share(stuck, (one) => one.wrong > 0),
    },
    causes: { queue: cause("queue"), ninetyNine: cause("ninetyNine") },
    estimateMs: {
      here: median(trials.flatMap((trial) => trial.estimateMs)),
      hundredThousand: estimateMs,
    },
  };
}
export type Figures = ReturnType<typeof figuresOf>;

const percent = (value: number): string =>
  Number.isNaN(value) ? "-" : Number.isFinite(value) ? `${Math.round(100 * value)} %` : "no answer";
const decimal = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "-");

/** The goal table: what must be, what we aim at, what was measured. */
export function goalsOf(figures: Figures): Goal[] {
  const { methods, best, pooled, worstCause, screens, allClear, notClearing, stuck, causes, estimateMs } = figures;
  const queue = methods.queue.mailtide;
  const last = methods.ninetyNine.mailtide;
  const goal = (name: string, must: string, aim: string, measured: string, met: boolean): Goal => ({
    name,
    must,
    aim,
    measured,
    met,
  });
  const ratios = [queue.error / best.queue, last.error / best.ninetyNine];
  const worst = worstCause?.coverage ?? Number.NaN;
  const onScreen = notClearing.oursByTheClock;
  const atMoments = notClearing.ours;
  const enough = ({ precision, recall }: typeof onScreen): boolean => precision >= 0.88 && recall >= 0.78;
  const changes = Math.max(screens.queue.changesAnHour, screens.ninetyNine.changesAnHour);
  const usable = Math.max(screens.queue.usableAfter, screens.ninetyNine.usableAfter);
  return [
    goal(
      "median error of remaining time, Q / M99",
      "<= 25 / 25 %",
      "<= 15 / 15 %",
      `${percent(queue.error)} / ${percent(last.error)}`,
      queue.error <= 0.25 && last.error <= 0.25,
    ),
    goal(
      "ratio to the best depth baseline, Q / M99",
      "<= 0.4 / 0.33",
      "<= 0.2 / 0.2",
      `${decimal(ratios[0])} / ${decimal(ratios[1])}`,
      ratios[0] <= 0.4 && ratios[1] <= 0.33,
    ),
    goal(
      "80 % range covers, pooled; worst cause",
      "78-82 %; >= 70 %",
      "79-81 %; >= 76 %",
      `${percent(pooled.coverage)}; ${percent(worst)}${worstCause === undefined ? "" : ` (${worstCause.cause})`}`,
      pooled.coverage >= 0.775 && pooled.coverage < 0.825 && worst >= 0.695,
    ),
    goal(
      "median late end / early end, Q / M99",
      "<= 3.2 / 2.8",
      "<= 2.2 / 2.0",
      `${decimal(queue.width)} / ${decimal(last.width)}`,
      queue.width <= 3.2 && last.width <= 2.8,
    ),
    goal("published changes an hour", "<= 0.6", "<= 0.4", decimal(changes), changes <= 0.6),
    goal(
      "false all clear (never said)",
      "<= 4 %",
      "<= 1 %",
      `${percent(allClear.falseShare)} (${percent(allClear.never)})`,
      // Who never says it is never wrong.
      allClear.falseShare <= 0.04 && allClear.never <= 0.1,
    ),
    goal("first usable answer, minutes", "<= 5", "<= 2", decimal(usable), usable <= 5),
    goal(
      "not clearing, on the screen each half hour",
      ">= 88 / 78 %",
      ">= 92 / 90 %",
      `${percent(onScreen.precision)} / ${percent(onScreen.recall)}`,
      enough(onScreen),
    ),
    goal(
      "not clearing, at the moments of comparison",
      ">= 88 / 78 %",
      ">= 92 / 90 %",
      `${percent(atMoments.precision)} / ${percent(atMoments.recall)}`,
      enough(atMoments),
    ),
    goal(
      "stuck named <= 90 min / wrongly",
      ">= 95 % / <= 1 %",
      "-",
      `${percent(stuck.named)} / ${percent(stuck.outagesWrong)}`,
      stuck.named >= 0.95 && stuck.outagesWrong <= 0.01,
    ),
    goal(
      "cause agrees, Q / M99",
      ">= 78 %",
      ">= 90 %",
      `${percent(causes.queue.agrees)} / ${percent(causes.ninetyNine.agrees)}`,
      causes.queue.agrees >= 0.78 && causes.ninetyNine.agrees >= 0.78,
    ),
    goal(
      "one estimate, 100,000 messages, ms",
      "<= 25",
      "<= 10",
      decimal(estimateMs.hundredThousand),
      estimateMs.hundredThousand <= 25,
    ),
  ];
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, n) => Math.max(...rows.map((row) => row[n].length)));
  return rows
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The figures as text: methods beside each other, what is on the screen, and the goals. */
export function tableText(figures: Figures, more: boolean): string {
  const parts: string[] = [];
  const line = (name: string, found: MethodFigures) => [
    name,
    String(found.forecasts),
    percent(found.error),
    percent(found.within25),
    percent(found.noAnswer),
    found.pinball === undefined ? "-" : found.pinball.toFixed(3),
    percent(found.coverage) +
      (found.below === undefined ? "" : ` (${percent(found.below)}/${percent(found.above ?? 0)})`),
    decimal(found.width),
  ];
  const head = ["", "forecasts", "error", "within 25 %", "no answer", "pinball", "in 80 % range", "late/early"];
  for (const [target, title] of [
    ["queue", "Q: queue back to normal"],
    ["ninety", "M90: 90 % of the delayed mail delivered"],
    ["ninetyNine", "M99"],
  ] as const) {
    const lines = Object.entries(figures.methods[target]).map(([name, found]) => line(name, found));
    parts.push(`${title}\n${columns([head, ...lines])}`);
  }
  if (more) {
    for (const found of [figures.byPoint, figures.byCause, figures.byCircumstance]) {
      parts.push(columns([head, ...Object.entries(found).map(([name, figure]) => line(name, figure))]));
    }
  }
  const { screens, allClear, notClearing, stuck, causes } = figures;
  for (const [name, screen] of Object.entries(screens)) {
    parts.push(
      `on the screen, ${name}: ${decimal(screen.changesAnHour)} changes an hour (predict_linear ${decimal(screen.lineChangesAnHour)}), error ${percent(screen.error)}, ` +
        `usable after ${decimal(screen.usableAfter)} min (predict_linear ${decimal(screen.lineUsableAfter)}), never ${percent(screen.neverUsable)}`,
    );
  }
  parts.push(
    `false all clear: ${percent(allClear.falseShare)} of ${allClear.outages}, left then ${percent(allClear.leftWhenFalse)}, never said ${percent(allClear.never)}, right ones late by ${decimal(allClear.lateMinutes)} min; ` +
      `depth in band once ${percent(allClear.falseOneSample)}, for 15 min ${percent(allClear.falseBand15)}, predict_linear ${percent(allClear.falseLine)}`,
    `not clearing (precision / recall), ${notClearing.ours.asked} asked at the moments of comparison, ${notClearing.oursByTheClock.asked} each half hour; line through the depth ${percent(notClearing.line.precision)} / ${percent(notClearing.line.recall)}` +
      (notClearing.best.asked === 0
        ? ""
        : `; one who knows the world and its law ${percent(notClearing.best.precision)} / ${percent(notClearing.best.recall)}`),
    `stuck destinations: ${stuck.dead}`,
    ...Object.entries(causes).map(
      ([target, found]) =>
        `cause, ${target}: ${percent(found.agrees)} of ${found.checked}; ${Object.entries(found.confusions)
          .sort((a, b) => b[1] - a[1])
          .slice(0, 6)
          .map(([name, count]) => `${name} ${count}`)
          .join(", ")}`,
    ),
  );
  const goals = goalsOf(figures).map((one) => [one.name, one.must, one.aim, one.measured, one.met ? "yes" : "NO"]);
  parts.push(columns([["", "must", "aim", "measured", "met"], ...goals]));
  return parts.join("\n\n");
}
