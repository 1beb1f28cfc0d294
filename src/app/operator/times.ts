// Times as an operator writes them: `2026-11-28 22:00` in a zone, or with an offset of their own; `90m` as a length or from now.

import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../core/time.ts";

const units: Readonly<Record<string, Duration>> = { m: MINUTE, h: HOUR, d: DAY };

/** `90m`, `1.5h`, `2d` in milliseconds; undefined for anything else. */
export function lengthOf(text: string): Duration | undefined {
  const parts = /^(\d{1,6}(?:\.\d{1,3})?)([mhd])$/.exec(text.trim());
  return parts === null ? undefined : Number(parts[1]) * units[parts[2]];
}

/** The moment of a text, or the sentence that says why there is none. A time that a zone has twice or never needs its offset. */
export function momentOf(text: string, zone: string, now: Instant): Instant | string {
  const trimmed = text.trim();
  const ahead = lengthOf(trimmed);
  if (ahead !== undefined) return now + ahead;
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:?\d\d)?$/.exec(trimmed);
  if (parts === null)
    return `"${trimmed.slice(0, 40)}" is not a time: write it as 2026-11-28 22:00, or 30m for so long from now.`;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const plain = Date.UTC(year, month - 1, day, hour, minute, second);
  if (new Date(plain).toISOString().slice(0, 16) !== `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}`) {
    return `There is no ${trimmed}.`;
  }
  if (parts[7] !== undefined) return plain - offsetOf(parts[7]);
  const found = [plain - offset(plain - DAY, zone), plain - offset(plain + DAY, zone)].filter(
    (at, i, all) => at + offset(at, zone) === plain && all.indexOf(at) === i,
  );
  if (found.length === 1) return found[0];
  return found.length === 0
    ? `The clocks of ${zone} skip ${trimmed}: write a time that there is, or one with its offset, such as ${trimmed}+02:00.`
    : `The clocks of ${zone} show ${trimmed} twice: add which is meant, such as ${trimmed}+02:00 or ${trimmed}+01:00.`;
}

function offsetOf(text: string): Duration {
  if (text === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith("-") ? -1 : 1) * minutes * MINUTE;
}

/** How far the clocks of a zone are ahead of UTC at a moment. */
function offset(at: Instant, zone: string): Duration {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(at / 1000) * 1000;
}
