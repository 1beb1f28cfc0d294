// What a person at a terminal sees while mailtide runs.

import { styleText } from "node:util";
import { clean } from "../core/ledger/replies.ts";
import type { Report } from "../core/report.ts";
import { SECOND } from "../core/time.ts";
import type { Publishing } from "./publish.ts";

export interface Screen {
  write(text: string): void;
  readonly terminal: boolean;
}

function style(screen: Screen, look: Parameters<typeof styleText>[0], text: string): string {
  return screen.terminal && process.env.NO_COLOR === undefined ? styleText(look, text) : text;
}

/** Wraps a text at spaces. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => indent + one).join("\n");
}

/** The addresses that are served. */
export function showAddresses(screen: Screen, publishing: Publishing): void {
  screen.write(`\n  ${style(screen, "bold", "Serving")} ${publishing.url}\n`);
  for (const { path, what } of publishing.addresses) {
    screen.write(`    ${style(screen, "cyan", `${publishing.url}${path}`.padEnd(44))} ${what}\n`);
  }
}

/** The first page: headline, notice, the administrator's sentence. */
export function showReport(screen: Screen, report: Report): void {
  const { status } = report;
  screen.write("\n");
  if (report.demonstration !== undefined) {
    screen.write(`${wrap(style(screen, "yellow", `DEMONSTRATION: ${report.demonstration}`), 96, "  ")}\n\n`);
  }
  screen.write(`  ${style(screen, "bold", status.headline)}\n`);
  for (const paragraph of status.notice.split("\n")) screen.write(`${wrap(paragraph, 78, "  ")}\n`);
  screen.write("\n");
  screen.write(`  ${style(screen, "dim", "For the administrator:")}\n${wrap(clean(status.sentence), 78, "  ")}\n`);
}

/** How far a log has been read that was written while nobody watched; one line that is written over. */
export function showCatchingUp(screen: Screen, report: Report): void {
  if (!screen.terminal) return;
  const lags = report.observer.sources.flatMap(({ lag }) => (lag === undefined ? [] : [lag]));
  const upTo = lags.length === 0 ? "" : `, so far up to ${new Date(report.at - Math.max(...lags)).toISOString()}`;
  screen.write(`\r  Reading what was logged before${upTo} …`);
}

/** A later line. */
export function showLine(screen: Screen, report: Report): void {
  const at = new Date(report.at).toISOString().slice(11, 19);
  const mark = report.demonstration === undefined ? "" : "[demonstration] ";
  screen.write(`  ${style(screen, "dim", at)}  ${mark}${clean(report.status.sentence)}\n`);
}

/** Whether a person at the terminal wants to hear of it. */
export function changed(before: Report, after: Report): boolean {
  return (
    before.status.phase !== after.status.phase ||
    before.status.blind !== after.status.blind ||
    before.forecast.state !== after.forecast.state ||
    after.at - before.at >= 60 * SECOND
  );
}
