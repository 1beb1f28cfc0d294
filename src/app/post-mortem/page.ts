// Words, tables and charts for 80 columns of plain text.

import { styleText } from "node:util";

export const pageWidth = 80;

export type Look = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";
export type Style = (look: Look, text: string) => string;

/** Colours for a terminal, or nothing at all. */
export function styleFor(color: boolean): Style {
  return color ? (look, text) => styleText(look, text, { validateStream: false }) : (_look, text) => text;
}

/** Text of strangers as one line that no terminal obeys: no control, format or direction characters, no line ends. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]+/gu, " ")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1");
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/\p{M}/u.test(letter)) continue;
    width +=
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return width;
}

/** A text cut to a number of columns, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let short = "";
  let used = 0;
  for (const letter of text) {
    const wide = widthOf(letter);
    if (used + wide > width - 1) break;
    short += letter;
    used += wide;
  }
  return `${short}…`;
}

export function pad(text: string, width: number, right: boolean): string {
  const gap = " ".repeat(Math.max(0, width - widthOf(text)));
  return right ? gap + text : text + gap;
}

/** Wraps at spaces; a longer word is cut. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const long of text.split(" ")) {
    const word = cut(long, width - indent.length);
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width - indent.length) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(indent + line);
  return lines;
}

/** A table of which the first column gives way, numbers to the right. Cells of strangers have to be `plain` already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], style: Style): string[] {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => (column === 0 ? 0 : widthOf(row[column] ?? "")))),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  const longest = Math.max(widthOf(head[0] ?? ""), ...rows.map((row) => widthOf(row[0] ?? "")));
  widths[0] = Math.max(8, Math.min(longest, pageWidth - 2 - others));
  const line = (cells: readonly string[]): string =>
    `  ${widths.map((width, column) => pad(column === 0 ? cut(cells[0] ?? "", width) : (cells[column] ?? ""), width, column > 0)).join("  ")}`;
  return [style("dim", line(head)), ...rows.map(line)];
}

export function count(n: number): string {
  return new Intl.NumberFormat("en-US").format(n);
}

/** `3 d 4 h`, `2 h 05 min`, `7 min 39 s`, `1.4 s`. */
export function lengthOf(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(seconds < 1 ? 2 : 1))} s`;
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${two(Math.floor((whole % 86_400) / 3600))} h`;
}

/** Moments in a zone: `2026-11-22 04:05:01`. */
export function clockIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (at) => {
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const get = (name: Intl.DateTimeFormatPartTypes): string => part.get(name) ?? "";
    return `${get("year")}-${get("month")}-${get("day")} ${get("hour")}:${get("minute")}:${get("second")}`;
  };
}

/** A bar of a share (0 to 1) of so many columns. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const part = " ▏▎▍▌▋▊▉"[eighths % 8];
  const whole = "█".repeat(Math.floor(eighths / 8));
  // What is there must be seen, however little it is.
  if (eighths === 0) return share > 0 ? "▏" : "";
  return part === " " ? whole : whole + part;
}

/** A chart of values over time: `rows` lines of blocks with the scale to the left. */
export function chart(values: readonly number[], columns: number, rows: number): string[] {
  const width = Math.min(columns, Math.max(1, values.length));
  const peaks: number[] = [];
  for (let column = 0; column < columns; column++) {
    if (values.length >= columns) {
      const from = Math.floor((column * values.length) / width);
      const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
      peaks.push(Math.max(0, ...values.slice(from, to)));
    } else peaks.push(values[Math.floor((column * values.length) / columns)] ?? 0);
  }
  const top = Math.max(1, ...peaks);
  const label = widthOf(count(top));
  const lines: string[] = [];
  for (let row = rows - 1; row >= 0; row--) {
    let blocks = "";
    for (const peak of peaks) {
      let eighths = Math.round((peak / top) * rows * 8) - row * 8;
      if (row === 0 && peak > 0) eighths = Math.max(1, eighths);
      blocks += " ▁▂▃▄▅▆▇█"[Math.min(8, Math.max(0, eighths))];
    }
    const scale = row === rows - 1 ? count(top) : row === Math.floor(rows / 2) - 1 ? count(Math.round(top / 2)) : "";
    lines.push(`  ${pad(row === 0 ? "0" : scale, label, true)} ┤${blocks.trimEnd()}`);
  }
  return lines;
}
