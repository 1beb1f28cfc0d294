// A guess at what a file is that holds nothing of the mail server, for the one sentence that tells the operator.

import { textOf } from "../../core/events/text.ts";

const shapes: readonly (readonly [string, RegExp])[] = [
  ["lines of JSON, perhaps of the journal: journalctl -o short-iso writes a log", /^\s*[[{]/],
  [
    "a main log of Exim",
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? (\[\d+\] )?(\w{6}-\w{6,11}-\w{2,4} |Start queue run|exim )/,
  ],
  ["an access log of a web server", /^\S+ \S+ \S+ \[\d\d\/\w{3}\/\d{4}:/],
];
const tag = /^(?:<\d+>)?(?:\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ ([\w./-]+)(?:\[\d+\])?:/;

/** In a few words what the beginning of a file looks like; empty if there is nothing to say. */
export function looksLike(file: { readonly sample: Uint8Array }): string {
  const lines = textOf(file.sample, 0, file.sample.length)
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length === 0) return "";
  for (const [name, pattern] of shapes) {
    if (lines.filter((line) => pattern.test(line)).length > lines.length / 2) return `it looks like ${name}`;
  }
  const programs = new Map<string, number>();
  for (const line of lines) {
    const program = tag.exec(line)?.[1];
    if (program !== undefined) programs.set(program, (programs.get(program) ?? 0) + 1);
  }
  const usual = [...programs].sort((a, b) => b[1] - a[1]).slice(0, 3);
  if (usual.length === 0) return "it does not look like a log of syslog";
  return `its lines are from ${usual.map(([name]) => name).join(", ")}`;
}
