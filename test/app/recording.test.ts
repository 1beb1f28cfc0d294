// A recording folder as docs/recordings.md describes it, and what is said of one that is not.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { RecordingFeed, recordedSchedule } from "../../src/app/recording.ts";
import { Observation } from "../../src/core/observation.ts";

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const at = (clock: string): number => Date.parse(`2026-11-22T${clock}Z`);
const accepted = (clock: string, id: string): string =>
  `Nov 22 ${clock} mta postfix/qmgr[9]: ${id}: from=<a@example.org>, size=500, nrcpt=1 (queue active)\n`;
const deferred = (clock: string, id: string): string =>
  `Nov 22 ${clock} mta postfix/smtp[9]: ${id}: to=<b@remote.test>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mx.remote.test[192.0.2.1]:25: Connection refused)\n`;
const listed = (id: string, arrival: string): string =>
  `${JSON.stringify({ queue_name: "deferred", queue_id: id, arrival_time: at(arrival) / 1000, message_size: 500, forced_expire: false, sender: "a@example.org", recipients: [{ address: "b@remote.test", delay_reason: "connect to mx.remote.test[192.0.2.1]:25: Connection refused" }] })}\n`;

const logs = {
  "mail.log": accepted("10:00:20", "4F0003A1B2C3"),
  "mail.log.1": accepted("10:00:10", "4F0002A1B2C3") + deferred("10:00:11", "4F0002A1B2C3"),
  "mail.log.2.gz": gzipSync(accepted("10:00:00", "4F0001A1B2C3") + deferred("10:00:01", "4F0001A1B2C3")),
};

test("parts of the log in order of their stamps, and nothing of what comes later", async () => {
  const folder = folderWith({ ...logs, "snapshots/2026-11-22T10:00:15Z.ndjson": "", "events.ndjson": "not for us" });
  const known = new Observation(postfix.defaultSchedule);
  const feed = new RecordingFeed(folder, postfix, known.instances);
  expect([feed.from, feed.to]).toEqual([at("10:00:00"), at("10:00:20")]);
  const seen: number[] = [];
  for (const clock of ["09:59:00", "10:00:00.500", "10:00:05", "10:00:10.999", "10:00:12", "10:00:20", "10:00:21"]) {
    await feed.advance(known, at(clock));
    seen.push(known.lines.read);
  }
  expect(seen).toEqual([0, 0, 2, 2, 4, 4, 5]);
});

test.each([
  ["packed, without colons", "2026-11-22T100015.250Z", true],
  ["plain, with colons", "2026-11-22T10:00:15Z", false],
])("a listing that is %s, with the times of the next attempts beside it", async (_how, name, packed) => {
  const put = (text: string): string | Buffer => (packed ? gzipSync(text) : text);
  const end = packed ? ".gz" : "";
  const next = at("10:07:00") / 1000;
  const folder = folderWith({
    ...logs,
    [`snapshots/${name}.ndjson${end}`]: put(listed("4F0001A1B2C3", "10:00:00")),
    [`snapshots/${name}.mtimes.tsv${end}`]: put(`# id, seconds\n4F0001A1B2C3\t${next}.5\n`),
  });
  const known = new Observation(recordedSchedule(folder, postfix));
  const feed = new RecordingFeed(folder, postfix, known.instances);
  await feed.advance(known, at("10:00:15.9"));
  expect(known.queue).toBe(undefined);
  await feed.advance(known, at("10:00:17"));
  expect(known.queue?.queues.deferred.messages).toBe(1);
});

test.each([
  ["config/postconf-n.txt", "minimal_backoff_time = 30s\n", 30_000, "configured"],
  ["config/postconf.txt", "minimal_backoff_time = 31s\n", 31_000, "configured"],
  ["config/main.cf", "minimal_backoff_time = 32s\n", 32_000, "configured"],
  ["config/nothing", "", 300_000, "assumed"],
])("timers from %s", (path, text, minimalBackoff, source) => {
  expect(recordedSchedule(folderWith({ [path]: text }), postfix)).toMatchObject({ minimalBackoff, source });
});

const open = (folder: string) => new RecordingFeed(folder, postfix, new Observation(postfix.defaultSchedule).instances);

test.each<[string, Readonly<Record<string, string | Buffer>>, RegExp]>([
  ["whose log has no stamp", { "mail.log": "not a log\n" }, /^No line of .*mail\.log has a time stamp\.$/],
  ["without a log", { "notes.txt": "" }, /has no mail\.log\.$/],
  [
    "with half of a packed log",
    { "mail.log.gz": gzipSync(accepted("10:00:00", "4F0001A1B2C3")).subarray(0, 30) },
    /mail\.log\.gz is not a whole gzip file\.$/,
  ],
])("a folder %s is a fault", (_how, files, sentence) => {
  const folder = folderWith(files);
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: "recording-invalid", message: expect.stringMatching(sentence) }),
  );
});

test("a folder that is not there is a fault", () => {
  expect(() => open("/nowhere/recording")).toThrow(expect.objectContaining({ code: "recording-invalid" }));
});

test("the empty log that rotation leaves behind does not end the recording before it begins", () => {
  const feed = open(folderWith({ "mail.log.1": logs["mail.log.1"], "mail.log": "" }));
  expect([feed.from, feed.to]).toEqual([at("10:00:10"), at("10:00:11")]);
});
