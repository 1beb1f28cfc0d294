// Recordings of a real Postfix: nothing of its own may stay unread, and the outcomes have to be those that a plain
// regular expression finds, which shares no line of code with the reader.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readBytes } from "./log-lines.ts";

const samples = new URL("../../../../collectors/dialects/postfix/samples/", import.meta.url);
const recordings = readdirSync(samples).filter((name) => name.startsWith("recorded-"));

const shapes: readonly [kind: string, RegExp][] = [
  [
    "delivered",
    /^\S+ +\d+ [\d:]{8} mta postfix[^ :]*: [0-9A-Za-z]+: to=<.*>, relay=[^,]+,(?: conn_use=\d+,)? delay=[\d.]+, delays=[\d./]+, dsn=[\d.]+, status=sent \(/,
  ],
  [
    "deferred",
    /^\S+ +\d+ [\d:]{8} mta postfix[^ :]*: [0-9A-Za-z]+: to=<.*?>, (?:orig_to=<[^>]*>, )?relay=[^,]+,(?: conn_use=\d+,)? delay=[\d.]+, delays=[\d./]+, dsn=[\d.]+, status=deferred \(/,
  ],
  [
    "bounced",
    /^\S+ +\d+ [\d:]{8} mta postfix[^ :]*: [0-9A-Za-z]+: to=<.*?>, (?:orig_to=<[^>]*>, )?relay=[^,]+,(?: conn_use=\d+,)? delay=[\d.]+, delays=[\d./]+, dsn=[\d.]+, status=bounced \(/,
  ],
  ["accepted", /postfix[^ :]*\/qmgr\[\d+\]: \w+: from=<.*>, size=\d+, nrcpt=\d+ \(queue active\)$/],
  ["removed", /\/qmgr\[\d+\]: \w+: removed$/],
  ["deleted", /\/postsuper\[\d+\]: \w+: removed$/],
  ["expired", /\/qmgr\[\d+\]: .*, status=(?:force-)?expired, returned to sender$/],
  ["offered", /: [0-9A-Za-z]{6,}: (?:client=|uid=)/],
  ["notified", /\/bounce\[\d+\]: \w+: .* notification: \w+$/],
  ["refused", /: (?:NOQUEUE|[0-9A-Za-z]{6,}): reject: /],
  ["started", /\/master\[\d+\]: daemon started/],
  ["swept", /\/postsuper\[\d+\]: (?:Placed|Released|Requeued|Deleted|Force-expired).*: \d+ messages?$/],
];

test("there are recordings", () => {
  expect(recordings.length).toBeGreaterThanOrEqual(5);
});

test.each(recordings)("%s", (name) => {
  const stored = readFileSync(new URL(name, samples));
  const log = name.endsWith(".gz") ? gunzipSync(stored) : stored;
  const text = log.toString("utf8").trimEnd().split("\n");
  const { lines, events } = readBytes(new Uint8Array(log), { capacity: 4096 });
  expect(lines).toEqual({ read: text.length, foreign: 0, unsupported: 0, malformed: 0 });
  const counted: Record<string, number> = {};
  for (const [kind] of shapes) counted[kind] = events.filter((event) => event.kind === kind).length;
  const expected: Record<string, number> = {};
  for (const [kind, shape] of shapes) expected[kind] = text.filter((line) => shape.test(line)).length;
  expect(counted).toEqual(expected);
});

test("a recorded requeue names the old queue id", () => {
  const log = gunzipSync(readFileSync(new URL("recorded-admin-before-rotation.log.gz", samples)));
  const { events } = readBytes(new Uint8Array(log), { capacity: 4096 });
  const requeued = events.filter((event) => event.kind === "offered" && event.other !== undefined);
  expect(requeued.length).toBe(log.toString("latin1").split(" orig_id=").length - 1);
  expect(requeued.length).toBeGreaterThan(100);
});
