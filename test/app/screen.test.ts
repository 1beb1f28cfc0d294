// What a person at the terminal sees, and what they must not: a stranger's control characters, a line a second.

import { expect, test } from "vitest";
import { changed, showCatchingUp, showLine, showReport, wrap } from "../../src/app/screen.ts";
import type { Report } from "../../src/core/report.ts";
import { outageReport } from "../support/report.ts";

function shown(act: (screen: { write(text: string): void; terminal: boolean }) => void, terminal = false): string {
  let text = "";
  act({
    write(piece) {
      text += piece;
    },
    terminal,
  });
  return text;
}

const report = outageReport();

test("the first page has headline, notice and the administrator's sentence", () => {
  const flat = shown((screen) => showReport(screen, report)).replace(/\s+/g, " ");
  const { headline, notice, sentence } = report.status;
  for (const part of [headline, notice, sentence]) expect(flat).toContain(part.replace(/\s+/g, " "));
  expect(flat.indexOf(headline)).toBeLessThan(flat.indexOf("For the administrator:"));
});

test("a demonstration is marked on the page before all else, and on every line", () => {
  const demonstration: Report = { ...report, demonstration: "a recording is played." };
  expect(shown((screen) => showReport(screen, demonstration)).trim()).toMatch(
    /^DEMONSTRATION: a recording is played\./,
  );
  expect(shown((screen) => showLine(screen, demonstration))).toContain("[demonstration] ");
  expect(shown((screen) => showLine(screen, report))).not.toContain("demonstration");
});

test("nothing that a stranger wrote moves the cursor or turns the text around", () => {
  const sentence = "1 delayed at \u001b]0;owned\u0007\u001b[2J\u202emoc.elpmaxe\u0000\r\nNo mail is delayed.";
  const hostile: Report = { ...report, status: { ...report.status, sentence } };
  for (const text of [shown((screen) => showReport(screen, hostile)), shown((screen) => showLine(screen, hostile))]) {
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  }
  expect(
    shown((screen) => showLine(screen, hostile))
      .trimEnd()
      .split("\n"),
  ).toHaveLength(1);
});

test("a line is written when something changed, or a minute has passed", () => {
  const at = (milliseconds: number, more: Partial<Report> = {}): Report => ({
    ...report,
    at: report.at + milliseconds,
    ...more,
  });
  expect(changed(report, at(5000))).toBe(false);
  expect(changed(report, at(60_000))).toBe(true);
  expect(changed(report, at(5000, { status: { ...report.status, blind: true } }))).toBe(true);
  expect(changed(report, at(5000, { status: { ...report.status, phase: "resolved" } }))).toBe(true);
  expect(changed(report, at(5000, { forecast: { ...report.forecast, state: "unknown" } }))).toBe(true);
});

test("catching up writes over one line of a terminal, and nothing into a file", () => {
  expect(shown((screen) => showCatchingUp(screen, report), true)).toMatch(/^\r {2}Reading what was logged before.* …$/);
  expect(shown((screen) => showCatchingUp(screen, report))).toBe("");
});

test("long words are not cut, short ones fill the lines", () => {
  expect(wrap("a bb ccc dddd", 8, "  ")).toBe("  a bb\n  ccc\n  dddd");
  expect(wrap(`a ${"b".repeat(20)} c`, 8, "  ")).toBe(`  a\n  ${"b".repeat(20)}\n  c`);
});
