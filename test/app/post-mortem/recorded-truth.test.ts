// What the report says of recorded runs, against the truth from outside: what was put in, what arrived. Where log and
// truth differ the messages are named here, with the reason; any other difference fails.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { postMortemSchema } from "../../../src/app/post-mortem/schema.ts";
import { askOracle, type OracleAnswer, type Sent } from "../../support/log-oracle.ts";
import { happened } from "./looking-back.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const samples = `${here}../../../collectors/dialects/postfix/samples/`;
const bundled = `${here}../../recordings/`;
/** Whole recordings, where they lie beside the clone. */
const recordings = process.env.MAILTIDE_RECORDINGS ?? join(dirname(resolve(here, "../../..")), "shared", "recordings");

interface Recording {
  readonly name: string;
  readonly logs: readonly string[];
  /** Folder with injected.ndjson.gz and delivered.ndjson.gz; absent where nobody looked from outside. */
  readonly truth?: string;
}

/** A message that log and truth see differently, by its queue id. */
type Because = Readonly<Record<string, string>>;

interface Expected {
  readonly accepted: number;
  /** Of those, how many left the queue; all if not said. */
  readonly removed?: number;
  readonly notifications?: number;
  readonly delivered: number;
  readonly bounced?: number;
  readonly expired?: number;
  readonly deleted?: number;
  readonly remaining?: number;
  readonly refused?: number;
  /** A client was told "queued", and the queue manager never had it. */
  readonly neverQueued?: Because;
  /** Queued, and not put in by the clients that were counted. */
  readonly notInjected?: Because;
  /** Arrived, and no line says so. */
  readonly arrivedUnseen?: Because;
}

const filterDied =
  "the content filter passed it on and died before it answered: the original was kept and delivered a second time, and no line links the copy";
const administrator: Expected = {
  accepted: 1999,
  notifications: 3,
  delivered: 1993,
  expired: 3,
  deleted: 6,
  arrivedUnseen: {
    "31F7822203D r1046@up.test":
      "smtp was killed after the far end had taken it and before it was logged: it was delivered again 15 s later",
  },
};
const rejections: Expected = {
  accepted: 707,
  removed: 706,
  notifications: 1979,
  delivered: 2155,
  bounced: 246,
  expired: 447,
  remaining: 1,
  refused: 29,
  neverQueued: {
    "7B1BD2347": "put on hold by an access rule, whose line names no queue id: only a listing of the queue shows it",
    AC5B12352: "silently discarded by an access rule, whose line names no queue id",
    "53243248F": "silently discarded by a header check",
  },
  notInjected: { "8B8A424CB": "submitted by a local user with sendmail, not over SMTP" },
};
const expected: Readonly<Record<string, Expected>> = {
  administrator,
  "f-admin-actions": administrator,
  rejections,
  "d-rejections": rejections,
  "a-outage-fast": { accepted: 4624, delivered: 4624 },
  "a-outage-tenth": { accepted: 3453, delivered: 3453 },
  "b-partial-expiry": { accepted: 1380, notifications: 875, delivered: 1835, expired: 420 },
  "c-slow-drain": { accepted: 3653, delivered: 3653 },
  "e-inbound-filter": {
    accepted: 6831,
    removed: 6490,
    delivered: 7514,
    remaining: 341,
    notInjected: { "8388C4B15C": filterDied, "839404B15D": filterDied },
  },
  "h-odd-bytes": { accepted: 4, removed: 0, delivered: 0, remaining: 5 },
  "i-inbound-smtpd": { accepted: 3, notifications: 3, delivered: 0, bounced: 3, remaining: 3, refused: 4 },
};

const always: readonly Recording[] = [
  {
    name: "administrator",
    // Named in the wrong order.
    logs: ["after", "before"].map((part) => `${samples}recorded-admin-${part}-rotation.log.gz`),
    truth: `${bundled}administrator`,
  },
  { name: "rejections", logs: [`${samples}recorded-rejections.log.gz`], truth: `${bundled}rejections` },
];

const isLog = (file: string): boolean => /^mail\.log/.test(file);
const beside: readonly Recording[] = !existsSync(recordings)
  ? []
  : readdirSync(recordings)
      .filter((name) => name in expected && readdirSync(`${recordings}/${name}`).some(isLog))
      .map((name) => {
        const folder = `${recordings}/${name}`;
        const files = readdirSync(folder);
        const logs = files.filter(isLog).map((file) => `${folder}/${file}`);
        return files.includes("injected.ndjson.gz") ? { name, logs, truth: folder } : { name, logs };
      });

interface Told {
  readonly qid?: string;
  readonly rcpts: readonly string[];
}

function told(file: string): Told[] {
  const text = gunzipSync(readFileSync(file)).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Told);
}

function unpacked(file: string): Uint8Array {
  const bytes = readFileSync(file);
  return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** Files in the order of time: a rotated one has the time of its rotation in its name, or says that it is the one before. */
function inOrder(logs: readonly string[]): string[] {
  return [...logs].sort((a, b) => Number(/before|\d{8}/.test(b)) - Number(/before|\d{8}/.test(a)));
}

/** How often each of `from` is there beyond those of `others`. */
function beyond(from: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1);
  return from.filter((one) => {
    const n = left.get(one) ?? 0;
    left.set(one, n - 1);
    return n <= 0;
  });
}

/** The far end noted bytes as if they were Latin-1, and so does the oracle; capitals of domains mean nothing. */
const pair = (id: string, recipient: string): string => `${id} ${recipient.toLowerCase()}`;
const overTheNetwork = ({ relay }: Sent): boolean => /\[.*\]:\d+$/.test(relay);

describe.each([...always, ...beside])("$name", ({ name, logs, truth }) => {
  const want = expected[name];
  let answer: OracleAnswer | undefined;
  const oracle = (): OracleAnswer => {
    answer ??= askOracle(inOrder(logs).map(unpacked));
    return answer;
  };

  test("the totals are those of the log, worked out twice", async () => {
    const past = postMortemSchema.parse(await happened(logs));
    const { messages, recipients, attempts, refused, lines } = past.totals;
    const second = oracle();
    expect(messages).toMatchObject(second.messages);
    expect(recipients).toEqual(second.recipients);
    expect(attempts).toEqual(second.attempts);
    expect(refused).toBe(second.refused);
    expect({ ...messages, ...recipients, refused }).toEqual({
      notifications: 0,
      bounced: 0,
      expired: 0,
      deleted: 0,
      remaining: 0,
      refused: 0,
      unknown: 0,
      removed: want.accepted,
      ...Object.fromEntries(Object.entries(want).filter(([, value]) => typeof value === "number")),
    });
    expect(lines).toMatchObject({ foreign: 0, unsupported: 0, malformed: 0 });
    // Every loss is listed with its reason.
    expect(past.losses.reduce((sum, loss) => sum + loss.recipients, 0)).toBe(recipients.bounced + recipients.expired);
    expect(past.destinations.reduce((sum, one) => sum + one.delivered, 0)).toBe(recipients.delivered);
  });

  test("what was put in is what was accepted", ({ skip }) => {
    if (truth === undefined) skip("nobody looked from outside");
    const injected = told(`${truth}/injected.ndjson.gz`).flatMap((one) => (one.qid === undefined ? [] : [one.qid]));
    const { accepted } = oracle();
    expect(beyond(injected, accepted).sort()).toEqual(Object.keys(want.neverQueued ?? {}).sort());
    expect(beyond(accepted, injected).sort()).toEqual(Object.keys(want.notInjected ?? {}).sort());
  });

  test("what arrived is what was delivered", ({ skip }) => {
    if (truth === undefined) skip("nobody looked from outside");
    const arrived = told(`${truth}/delivered.ndjson.gz`).flatMap(({ qid, rcpts }) =>
      // Without a queue id the far end refused the sender: no message came.
      qid === undefined ? [] : rcpts.map((recipient) => pair(qid, recipient)),
    );
    const sent = oracle().sent.filter(overTheNetwork);
    const delivered = sent.map(({ id, recipient }) => pair(id, recipient));
    expect(beyond(arrived, delivered).sort()).toEqual(Object.keys(want.arrivedUnseen ?? {}).sort());
    expect(beyond(delivered, arrived)).toEqual([]);
    expect(arrived.length).toBeGreaterThan(100);
  });
});

test("all recordings that lie beside the clone", ({ skip }) => {
  if (beside.length === 0) skip(`no recordings in ${recordings}: name their folder in MAILTIDE_RECORDINGS`);
  expect(beside.map(({ name }) => name)).toEqual(expect.arrayContaining(["b-partial-expiry", "e-inbound-filter"]));
});
