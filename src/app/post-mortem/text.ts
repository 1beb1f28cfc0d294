// A look back for people: 80 columns, the important things first.

import { HOUR, SECOND } from "../../core/time.ts";
import {
  bar,
  chart,
  clockIn,
  count,
  cut,
  lengthOf,
  pad,
  pageWidth,
  plain,
  type Style,
  table,
  widthOf,
  wrapped,
} from "./page.ts";
import type { PostMortemJson } from "./schema.ts";

const destinationsShown = 20;
const lossesShown = 20;
const downtimesShown = 20;
const chartColumns = 66;
const chartRows = 8;

/** The whole page. Nothing that a log says reaches the terminal but as plain letters. */
export function postMortemText(past: PostMortemJson, title: string, zone: string, style: Style): string {
  const clock = clockIn(zone);
  const when = (text: string): string => clock(Date.parse(text));
  const parts = [
    header(past, title, zone, style, when),
    totals(past, style),
    backlog(past, zone, style),
    downtime(past, style, when),
    destinations(past, style),
    reasons(past, style),
    losses(past, style),
    delays(past, style),
    lines(past, style),
  ];
  return `${parts.flatMap((part) => (part.length === 0 ? [] : ["", ...part])).join("\n")}\n`;
}

function heading(style: Style, text: string, beside = ""): string {
  return `${style("bold", text)}${beside === "" ? "" : style("dim", `  ${beside}`)}`;
}

function header(
  past: PostMortemJson,
  title: string,
  zone: string,
  style: Style,
  when: (text: string) => string,
): string[] {
  const { from, to } = past.period;
  const length = lengthOf((Date.parse(to) - Date.parse(from)) / SECOND);
  const files = past.files.length === 1 ? plain(past.files[0]?.path ?? "") : `${count(past.files.length)} files`;
  const known = past.schedule;
  const minutes = (milliseconds: number): string => lengthOf(milliseconds / SECOND);
  const timers = `first retry after ${minutes(known.minimalBackoff)}, then up to ${minutes(known.maximalBackoff)}, given up after ${minutes(known.lifetime)}`;
  const timed =
    known.source === "assumed"
      ? `Retry schedule assumed (${timers}): give the output of postconf with --postconf FILE.`
      : `Retry schedule: ${timers}.`;
  return [
    style("bold", cut(`What happened: ${title}, ${files}`, pageWidth)),
    `  ${when(from)} to ${when(to)} ${plain(zone)} (${length})`,
    ...wrapped(timed, pageWidth, "  "),
    ...past.notes.flatMap((note) => wrapped(plain(`! ${note}`), pageWidth, "  ").map((one) => style("yellow", one))),
  ];
}

function totals(past: PostMortemJson, style: Style): string[] {
  const { messages, recipients, attempts, refused } = past.totals;
  const row = (name: string, cells: readonly (readonly [number, string])[]): string[] =>
    wrapped(cells.map(([n, word]) => `${count(n)} ${word}`).join(", "), pageWidth - 13, "").map(
      (line, i) => `  ${pad(i === 0 ? name : "", 11, false)}${line}`,
    );
  const some = (cells: readonly (readonly [number, string])[]) => cells.filter(([n]) => n > 0);
  return [
    heading(style, "Totals"),
    ...row("messages", [
      [messages.accepted, "accepted"],
      [messages.removed, "left the queue"],
      ...some([[messages.notifications, "reports written by the mail server itself"]]),
    ]),
    ...row("recipients", [
      [recipients.delivered, "delivered"],
      [recipients.bounced, "bounced"],
      [recipients.expired, "expired"],
      ...some([[recipients.deleted, "deleted"]]),
      [recipients.remaining, "waiting at the end"],
      ...some([[recipients.unknown, "left without a line that says how"]]),
    ]),
    ...row("attempts", [
      [attempts.delivered, "delivered"],
      [attempts.deferred, "deferred"],
      [attempts.bounced, "bounced"],
    ]),
    ...row("refused", [[refused, "at the door"]]),
    ...wrapped(plain(`At the end of the log: ${past.end.sentence}`), pageWidth, "  "),
  ];
}

function backlog(past: PostMortemJson, zone: string, style: Style): string[] {
  const { timeline } = past;
  const values = timeline.backlog;
  if (values.length < 2) return [];
  const drawn = chart(values, chartColumns, chartRows);
  const margin = " ".repeat(drawn[0]?.indexOf("┤") ?? 0);
  const from = Date.parse(timeline.from);
  const to = from + values.length * timeline.width;
  const days = to - from > 20 * HOUR;
  const clock = clockIn(zone);
  const label = (at: number): string => {
    const text = clock(at);
    return days ? text.slice(5, 16) : text.slice(11, to - from > HOUR ? 16 : 19);
  };
  const labels = [label(from), label((from + to) / 2), label(to)] as const;
  const middle = Math.floor(chartColumns / 2 - labels[1].length / 2);
  let axis = pad(labels[0], middle, false) + labels[1];
  axis = pad(axis, chartColumns - labels[2].length, false) + labels[2];
  const ticks = `└┬${"─".repeat(Math.floor(chartColumns / 2) - 2)}┬${"─".repeat(chartColumns - Math.floor(chartColumns / 2) - 1)}┬`;
  return [
    heading(style, "Messages in the queue over time", zone),
    ...drawn.map((line) => line.replace(/[▁-█]+/g, (blocks) => style("cyan", blocks))),
    style("dim", `${margin}${ticks}`.slice(0, pageWidth)),
    style("dim", `${margin} ${axis}`),
  ];
}

function downtime(past: PostMortemJson, style: Style, when: (text: string) => string): string[] {
  if (past.downtime.length === 0) return [heading(style, "Downtime"), "  none found"];
  const scopes = { host: "this server", destination: "destination", filter: "content filter" } as const;
  const shown = [...past.downtime].sort((a, b) => b.seconds - a.seconds).slice(0, downtimesShown);
  shown.sort((a, b) => a.from.localeCompare(b.from));
  const lines = [heading(style, "Downtime found", `${count(past.downtime.length)} in all`)];
  for (const one of shown) {
    const until =
      one.to === null
        ? "not over"
        : when(one.to).slice(when(one.from).slice(0, 10) === when(one.to).slice(0, 10) ? 11 : 5);
    const span = `  ${when(one.from)} to ${pad(until, 8, false)}  ${pad(lengthOf(one.seconds), 12, true)}  `;
    lines.push(span + style("red", cut(plain(one.target), pageWidth - widthOf(span))));
    const why = `${scopes[one.scope]}: ${plain(one.cause)}${one.failures > 0 ? `, ${count(one.failures)} failed attempts` : ""}`;
    lines.push(style("dim", `      ${cut(why, pageWidth - 6)}`));
  }
  if (past.downtime.length > shown.length) {
    lines.push(`  and ${count(past.downtime.length - shown.length)} shorter ones (--json has all)`);
  }
  return lines;
}

function destinations(past: PostMortemJson, style: Style): string[] {
  if (past.destinations.length === 0) return [];
  const rows = past.destinations
    .slice(0, destinationsShown)
    .map((one) => [
      plain(one.name),
      count(one.delivered),
      count(one.deferred),
      count(one.bounced),
      count(one.expired),
      count(one.waiting),
      one.longestDelay === null ? "-" : lengthOf(one.longestDelay),
    ]);
  const more = past.destinations.length + past.destinationsTruncated - rows.length;
  return [
    heading(style, "Destinations", "recipients; deferred: attempts; longest: from arrival to the end"),
    ...table(["destination", "delivered", "deferred", "bounced", "expired", "waiting", "longest"], rows, style),
    ...(more > 0 ? [`  and ${count(more)} more (--json has up to 1,000)`] : []),
  ];
}

function reasons(past: PostMortemJson, style: Style): string[] {
  const rows = past.reasons.filter((row) => row.waiting + row.deferred + row.bounced + row.refused > 0);
  if (rows.length === 0) return [];
  const lines = [heading(style, "Why mail was deferred, bounced or refused", "attempts, with one example each")];
  const drawn = table(
    ["reason", "deferred", "bounced", "refused", "waiting"],
    rows.map((row) => [row.reason, count(row.deferred), count(row.bounced), count(row.refused), count(row.waiting)]),
    style,
  );
  drawn.forEach((line, i) => {
    lines.push(line);
    const example = plain(rows[i - 1]?.example ?? "").trim();
    if (example !== "") lines.push(style("dim", `      ${cut(example, pageWidth - 6)}`));
  });
  return lines;
}

function losses(past: PostMortemJson, style: Style): string[] {
  if (past.losses.length === 0) return [];
  const shown = past.losses.slice(0, lossesShown);
  const all = past.losses.reduce((sum, loss) => sum + loss.recipients, 0);
  const lines = [heading(style, "Mail that was not delivered, and why", `${count(all)} recipients`)];
  const width = Math.max(...shown.map((loss) => count(loss.recipients).length));
  for (const loss of shown) {
    const what = `  ${pad(count(loss.recipients), width, true)}  ${loss.outcome}  `;
    const where = plain(loss.destination);
    const why = loss.outcome === "expired" ? `last: ${loss.reason}` : loss.reason;
    const room = pageWidth - widthOf(what) - widthOf(why) - 2;
    lines.push(`${what}${pad(cut(where, room), Math.min(30, room), false)}  ${why}`);
    const example = plain(loss.example).trim();
    if (example !== "") lines.push(style("dim", `      ${cut(example, pageWidth - 6)}`));
  }
  const rest = past.losses.slice(shown.length).reduce((sum, loss) => sum + loss.recipients, 0);
  if (rest > 0) lines.push(`  and ${count(rest)} recipients more (--json has all)`);
  return lines;
}

function delays(past: PostMortemJson, style: Style): string[] {
  const { delays: found } = past;
  const { bounds, counts } = found.histogram;
  const all = counts.reduce((sum, n) => sum + n, 0);
  if (all === 0) return [];
  const said = (seconds: number | null): string => (seconds === null ? "-" : lengthOf(seconds));
  const quantiles = `half within ${said(found.p50)}, 90 % ${said(found.p90)}, 99 % ${said(found.p99)}, longest ${said(found.max)}`;
  const lines = [
    heading(style, "Delays of recipients, to their end"),
    ...wrapped(`delivered or bounced: ${quantiles}`, pageWidth, "  "),
  ];
  const most = Math.max(...counts);
  const last = counts.findLastIndex((n) => n > 0);
  const numbers = Math.max(...counts.map((n) => count(n).length));
  for (let i = 0; i <= last; i++) {
    const upTo = bounds[i];
    const name = upTo === undefined ? `over ${round(bounds.at(-1) ?? 0)}` : `up to ${round(upTo)}`;
    const n = counts[i] ?? 0;
    const share = `${((100 * n) / all).toFixed(1)} %`;
    const left = `  ${pad(name, 13, false)} ${pad(count(n), numbers, true)} ${pad(share, 7, true)}  `;
    const drawn = bar(n / most, pageWidth - widthOf(left) - 1);
    lines.push(drawn === "" ? left.trimEnd() : left + style("cyan", drawn));
  }
  return lines;
}

function round(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3600} h` : `${seconds / 86_400} d`;
}

function lines(past: PostMortemJson, style: Style): string[] {
  const { read, foreign, unsupported, malformed } = past.totals.lines;
  const repeated = past.files.reduce((sum, file) => sum + file.repeated, 0);
  const out = [heading(style, "Lines")];
  out.push(`  ${count(read)} read, ${count(foreign)} of other programs`);
  if (repeated > 0) out.push(`  ${count(repeated)} more were in two files and counted once`);
  const hints = {
    unsupported: "of the mail server, in a shape that mailtide does not know: worth a report",
    malformed: "no log lines, or cut or damaged",
  } as const;
  for (const [kind, n] of [
    ["unsupported", unsupported],
    ["malformed", malformed],
  ] as const) {
    if (n === 0) continue;
    out.push(...wrapped(`${count(n)} ${hints[kind]}, such as`, pageWidth, "  ").map((one) => style("yellow", one)));
    for (const one of past.unread) {
      if (one.kind === kind) out.push(style("dim", `      ${cut(plain(one.line), pageWidth - 6)}`));
    }
  }
  if (unsupported + malformed > 0) out.push("  `mailtide read FILE --json` says of each line what was made of it.");
  return out;
}
