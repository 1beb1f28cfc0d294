// Deliveries with a set clock and set dice: tried again later and later, at least once over restarts, never without bound.

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DAY, HOUR, type Instant, MINUTE, SECOND } from "../../../src/core/time.ts";
import type { WebhookTarget } from "../../../src/publishers/publisher.ts";
import { Courier, waitAfter } from "../../../src/publishers/webhook/courier.ts";
import { keep, type Remembered, recall } from "../../../src/publishers/webhook/memory.ts";
import type { News } from "../../../src/publishers/webhook/message.ts";
import type { Answered } from "../../../src/publishers/webhook/send.ts";
import { incident } from "../../support/public-news.ts";
import { outageStart } from "../../support/report.ts";

const begin: Instant = outageStart;
const yes: Answered = { ok: true, gone: false, retryAfter: undefined, why: "it answered 204" };
const no: Answered = { ok: false, gone: false, retryAfter: undefined, why: "it answered 500" };

function target(name: string): WebhookTarget {
  return { name, url: "https://hooks.example.org/mail", form: "standard", secret: undefined, allowPrivate: false };
}

function news(...keys: string[]): News[] {
  const entry = incident();
  return keys.map((key) => ({ key, kind: "incident", entry, update: entry.updates[0] }));
}

interface Tried {
  readonly target: string;
  readonly key: string;
  readonly at: Instant;
}

/** A courier whose every try, and whose memory, a test can see. */
function courierOf(options: {
  readonly targets?: readonly string[];
  readonly remembered?: Remembered | undefined;
  readonly answer?: (tried: Tried) => Answered;
  readonly dice?: number;
  readonly keep?: (remembered: Remembered) => void;
}) {
  const tried: Tried[] = [];
  const troubles: string[] = [];
  const memory: { last: Remembered | undefined } = { last: options.remembered };
  const courier = new Courier(
    {
      targets: (options.targets ?? ["site"]).map(target),
      async send({ name }, { key }, at) {
        const one = { target: name, key, at };
        tried.push(one);
        return (options.answer ?? (() => yes))(one);
      },
      dice: () => options.dice ?? 0,
      keep(remembered) {
        memory.last = structuredClone(remembered);
        options.keep?.(remembered);
      },
      trouble: (what) => void troubles.push(what),
    },
    options.remembered,
  );
  return { courier, tried, troubles, memory, keys: () => tried.map(({ key }) => key) };
}

const body = (one: News): string => `{"id":"${one.key}"}`;
const empty: Remembered = { seen: [], pending: [] };

/** Lets it work once a second until a moment. */
async function workUntil(courier: Courier, from: Instant, to: Instant, step = SECOND): Promise<void> {
  for (let now = from; now <= to; now += step) if (courier.due(now)) await courier.deliver(now);
}

test("each update goes to each target once", async () => {
  const { courier, tried } = courierOf({ targets: ["site", "chat"], remembered: empty });
  courier.note(news("a", "b"), body, begin);
  await courier.deliver(begin);
  courier.note(news("a", "b"), body, begin + SECOND);
  await courier.deliver(begin + SECOND);
  expect(tried.map(({ target, key }) => `${target} ${key}`).sort()).toEqual(["chat a", "chat b", "site a", "site b"]);
  expect([courier.count("site", "delivered"), courier.pending("site")]).toEqual([2, 0]);
});

test("who has just been set up hears of what comes, not of what was", async () => {
  const { courier, keys } = courierOf({});
  courier.note(news("old"), body, begin);
  courier.note(news("old", "new"), body, begin + MINUTE);
  await courier.deliver(begin + MINUTE);
  expect(keys()).toEqual(["new"]);
});

test("waits double up to an hour, and are spread over their upper half", () => {
  expect([1, 2, 3, 4, 10, 11, 99].map((tries) => waitAfter(tries, 1) / SECOND)).toEqual([
    5, 10, 20, 40, 2560, 3600, 3600,
  ]);
  expect([1, 2, 3].map((tries) => waitAfter(tries, 0) / SECOND)).toEqual([2.5, 5, 10]);
});

test("a receiver that is away for an hour gets it when it is back, with the same key each time", async () => {
  const back = begin + HOUR;
  const { courier, tried, troubles } = courierOf({
    remembered: empty,
    dice: 1,
    answer: ({ at }) => (at < back ? no : yes),
  });
  courier.note(news("a"), body, begin);
  await workUntil(courier, begin, begin + 3 * HOUR);
  expect(tried.map(({ at }) => (at - begin) / SECOND)).toEqual([0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115]);
  expect(new Set(tried.map(({ key }) => key))).toEqual(new Set(["a"]));
  expect([courier.count("site", "failed"), courier.count("site", "delivered")]).toEqual([10, 1]);
  // Said once, not with each try.
  expect(troubles).toEqual(["site does not take news: it answered 500"]);
});

test("Retry-After is kept to, but for no more than an hour", async () => {
  const slow: Answered = { ...no, retryAfter: 10 * MINUTE };
  const { courier, tried } = courierOf({ remembered: empty, answer: () => slow });
  courier.note(news("a"), body, begin);
  await workUntil(courier, begin, begin + 25 * MINUTE);
  expect(tried.map(({ at }) => (at - begin) / MINUTE)).toEqual([0, 10, 20]);
  const never = courierOf({ remembered: empty, answer: () => ({ ...no, retryAfter: 99 * DAY }) });
  never.courier.note(news("a"), body, begin);
  await workUntil(never.courier, begin, begin + 61 * MINUTE, 30 * SECOND);
  expect(never.tried).toHaveLength(2);
});

test("what nobody takes for three days is given up, and so is what the receiver wants no more", async () => {
  const { courier, tried, troubles } = courierOf({ remembered: empty, dice: 1, answer: () => no });
  courier.note(news("a"), body, begin);
  await workUntil(courier, begin, begin + 4 * DAY, MINUTE);
  expect(tried.at(-1)?.at).toBeGreaterThanOrEqual(begin + 3 * DAY);
  expect([courier.count("site", "given_up"), courier.pending("site")]).toEqual([1, 0]);
  expect(troubles.at(-1)).toBe("site did not take a, and it is not tried again: it answered 500");
  const gone = courierOf({ remembered: empty, answer: () => ({ ...no, gone: true }) });
  gone.courier.note(news("a"), body, begin);
  await workUntil(gone.courier, begin, begin + DAY, MINUTE);
  expect([gone.tried.length, gone.courier.count("site", "given_up")]).toEqual([1, 1]);
});

test("one target that is down holds up no other", async () => {
  const { courier, tried } = courierOf({
    targets: ["down", "up"],
    remembered: empty,
    answer: ({ target }) => (target === "up" ? yes : no),
  });
  courier.note(news("a", "b"), body, begin);
  await courier.deliver(begin);
  expect(tried.filter(({ target }) => target === "up").map(({ key }) => key)).toEqual(["a", "b"]);
  expect([courier.pending("up"), courier.pending("down")]).toEqual([0, 2]);
});

test("a restart between note and answer delivers again, with the same key and body; a target that is gone gets nothing", async () => {
  const first = courierOf({ targets: ["site", "left"], remembered: empty, answer: () => no });
  first.courier.note(news("a", "b"), body, begin);
  await first.courier.deliver(begin);
  // Killed here: what was kept is all that there is.
  const second = courierOf({ targets: ["site"], remembered: first.memory.last });
  second.courier.note(news("a", "b"), body, begin + MINUTE);
  await second.courier.deliver(begin + MINUTE);
  expect(second.tried.map(({ target, key }) => `${target} ${key}`)).toEqual(["site a", "site b"]);
  expect(second.memory.last?.pending).toEqual([]);
  // Delivered, and kept so: a third life has nothing to do.
  const third = courierOf({ remembered: second.memory.last });
  third.courier.note(news("a", "b"), body, begin + HOUR);
  await third.courier.deliver(begin + HOUR);
  expect(third.tried).toEqual([]);
});

test("it is kept before it is sent", async () => {
  const seen: string[] = [];
  const { courier } = courierOf({
    remembered: empty,
    keep: ({ pending }) => void seen.push(`kept ${pending.length}`),
    answer: () => {
      seen.push("sent");
      return yes;
    },
  });
  courier.note(news("a"), body, begin);
  await courier.deliver(begin);
  expect(seen).toEqual(["kept 1", "sent", "kept 0"]);
});

test("what waits is bounded: the oldest is dropped, counted and said", async () => {
  const { courier, memory, troubles } = courierOf({ remembered: empty, answer: () => no });
  courier.note(news(...Array.from({ length: 260 }, (_, i) => `n${i}`)), body, begin);
  expect([courier.pending("site"), courier.count("site", "dropped")]).toEqual([200, 60]);
  expect(memory.last?.pending[0].key).toBe("n60");
  expect(troubles[0]).toContain("60 oldest deliveries were dropped");
});

test("a disk that is full stops no delivery, is said, and is tried again", async () => {
  let full = true;
  const { courier, tried, troubles, memory } = courierOf({
    remembered: empty,
    keep() {
      if (full) throw new Error("no space left on device");
    },
  });
  courier.note(news("a"), body, begin);
  await courier.deliver(begin);
  expect(tried).toHaveLength(1);
  expect(troubles[0]).toBe("what is to be delivered cannot be kept over a restart: no space left on device");
  full = false;
  await courier.deliver(begin + SECOND);
  expect(memory.last?.seen).toEqual(["a"]);
});

test("a clock that is put back by a day delays nothing for a day", async () => {
  const { courier, tried } = courierOf({ remembered: empty, answer: ({ at }) => (at < begin ? yes : no) });
  courier.note(news("a"), body, begin);
  await courier.deliver(begin);
  const before = begin - DAY;
  expect(courier.due(before)).toBe(true);
  await courier.deliver(before);
  expect([tried.length, courier.pending("site")]).toEqual([2, 0]);
});

test("the file is for us alone, replaced in one step, and one that is damaged is no memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-"));
  const file = join(folder, "webhooks.json");
  const remembered = {
    seen: ["a", "b"],
    pending: [{ target: "site", key: "b", body: "{}", since: begin, tries: 3, next: begin + 1 }],
  };
  expect(recall(file)).toBeUndefined();
  keep(file, remembered);
  expect(recall(file)).toMatchObject(remembered);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.part`)).toBe(false);
  writeFileSync(file, '{"version":1,"seen":["a"');
  expect(recall(file)).toBeUndefined();
  expect(() => keep(join(folder, "no", "such", "folder.json"), remembered)).toThrow();
  rmSync(folder, { recursive: true });
});
