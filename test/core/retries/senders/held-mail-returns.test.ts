import fc from "fast-check";
import { expect, test } from "vitest";
import { fateOf } from "../../../../src/core/retries/senders/attempts.ts";
import { type ScheduleName, schedules } from "../../../../src/core/retries/senders/classes.ts";
import { diceFrom } from "../../../../src/core/retries/senders/dice.ts";
import { type Baseline, expectedHeld, inflowsOf } from "../../../../src/core/retries/senders/held.ts";
import { expectedMessages } from "../../../../src/core/retries/senders/inflow.ts";
import {
  arrivedBy,
  releaseOf,
  releases,
  shareArrived,
  sinceFirstMessage,
} from "../../../../src/core/retries/senders/release.ts";
import { DAY, HOUR, MINUTE } from "../../../../src/core/time.ts";

const names = Object.keys(schedules) as ScheduleName[];
const flow = (senderClass: string, hours: number, messages = 10 * hours) => ({
  senderClass,
  hosts: 5,
  slices: [{ from: 0, to: hours * HOUR, messages }],
});
const classes = fc.constantFrom(
  "postfix",
  "google",
  "exim",
  "sendmail",
  "microsoft365",
  "unknown",
  "exchange",
  "mailgun",
);

/** Down intervals in order, a few hours long each. */
const flapping = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 600 })), { minLength: 1, maxLength: 5 })
  .map((pieces) => {
    let at = 0;
    return pieces.map(([up, length], place) => {
      const from = at + (place === 0 ? 0 : up * MINUTE);
      at = from + length * MINUTE;
      return { from, to: at };
    });
  });

test("curves lie between 0 and 1, never fall, and are the same each time", () => {
  fc.assert(
    fc.property(fc.array(classes, { minLength: 1, maxLength: 4 }), flapping, (mix, down) => {
      const hours = (down.at(-1)?.to ?? 0) / HOUR;
      const make = () =>
        sinceFirstMessage(
          releases(
            mix.map((name) => flow(name, hours)),
            down,
          ),
          1 / MINUTE,
        );
      const curves = make();
      let before = 0;
      for (let wait = 0; wait <= 10 * HOUR; wait += 10 * MINUTE) {
        const share = shareArrived(curves, wait);
        expect(share).toBeGreaterThanOrEqual(before);
        expect(share).toBeLessThanOrEqual(1);
        before = share;
      }
      expect(make()).toEqual(curves);
      for (const curve of curves) expect(curve.held + curve.givenUp).toBeLessThanOrEqual(1 + 1e-9);
    }),
    { numRuns: 25, seed: 3 },
  );
});

test("more downtime never releases a message earlier", () => {
  const message = names.filter((name) => schedules[name].clock === "message");
  fc.assert(
    fc.property(
      fc.constantFrom(...message),
      flapping,
      fc.integer({ min: 0, max: 600 }),
      fc.integer({ min: 0, max: 600 }),
      fc.nat(1000),
      (name, down, later, entered, seed) => {
        const short = fateOf(schedules[name], entered * MINUTE, down, { between: HOUR }, diceFrom(seed));
        const longer = down.map((piece, place) =>
          place === down.length - 1 ? { from: piece.from, to: piece.to + later * MINUTE } : piece,
        );
        const long = fateOf(schedules[name], entered * MINUTE, longer, { between: HOUR }, diceFrom(seed));
        if (long.arrived) {
          expect(short.arrived).toBe(true);
          expect(long.at).toBeGreaterThanOrEqual(short.at);
        }
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});

test("the same holds for clocks of hosts and queues in one outage that lasts longer", () => {
  const others = names.filter((name) => schedules[name].clock !== "message");
  expect(others).toEqual(expect.arrayContaining(["exim", "exchange", "powermta"]));
  fc.assert(
    fc.property(
      fc.constantFrom(...others),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 0, max: 1500 }),
      fc.nat(1000),
      (name, minutes, later, seed) => {
        const entered = (minutes * MINUTE) / 2;
        const host = { between: 2 * HOUR };
        const short = fateOf(schedules[name], entered, [{ from: 0, to: minutes * MINUTE }], host, diceFrom(seed));
        const long = fateOf(
          schedules[name],
          entered,
          [{ from: 0, to: (minutes + later) * MINUTE }],
          host,
          diceFrom(seed),
        );
        if (long.arrived) expect(long.at).toBeGreaterThanOrEqual(short.at);
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});

test("a short outage right after recovery costs those who missed the gap a whole wait of an old message", () => {
  const once = [{ from: 0, to: 12 * HOUR }];
  const twice = [...once, { from: 12 * HOUR + 10 * MINUTE, to: 12 * HOUR + 20 * MINUTE }];
  const postfix = [{ schedule: schedules.postfix, weight: 1 }];
  const held = flow("postfix", 12);
  const after = releaseOf(held, postfix, twice);
  expect(after.held).toBeLessThan(releaseOf(held, postfix, once).held - 0.05);
  // Those due in the second outage come a whole wait later, as long after its end as a first outage would make them.
  expect(after.waits.at(-1)).toBeGreaterThan(55 * MINUTE);
  expect(arrivedBy(after, 49 * MINUTE)).toBeLessThan(0.9);
});

test("one success starts Exim's clock anew", () => {
  const long = { from: 0, to: 30 * HOUR };
  const gap = { from: 40 * HOUR, to: 40 * HOUR + 20 * MINUTE };
  const waits: number[] = [];
  for (let seed = 0; seed < 50; seed++) {
    const fate = fateOf(schedules.exim, gap.from + MINUTE, [long, gap], { between: HOUR }, diceFrom(seed));
    waits.push(fate.at - gap.to);
  }
  expect(Math.max(...waits)).toBeLessThan(HOUR);
});

test("the held mail of Exchange comes within one wait of its queue, that of Postfix within 77 minutes", () => {
  const down = [{ from: 0, to: 12 * HOUR }];
  const last = (name: ScheduleName): number =>
    releaseOf(flow(name, 12), [{ schedule: schedules[name], weight: 1 }], down).waits.at(-1) ?? 0;
  expect(last("exchange")).toBeLessThanOrEqual(10 * MINUTE);
  expect(last("postfix")).toBeLessThanOrEqual(77 * MINUTE);
  expect(last("postfix")).toBeGreaterThan(60 * MINUTE);
  expect(last("exim")).toBeGreaterThan(4 * HOUR);
});

const start = 100 * 7 * DAY;
function hourly(perHour: (hour: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = start - 28 * DAY; at < start; at += HOUR) counts.set(at, perHour((at / HOUR) % 24));
  return counts;
}
const baseline: Baseline = {
  from: start - 28 * DAY,
  to: start,
  all: hourly((hour) => (hour < 12 ? 30 : 0)),
  byClass: new Map([
    ["postfix", hourly((hour) => (hour < 12 ? 20 : 0))],
    ["microsoft365", hourly((hour) => (hour < 12 ? 10 : 0))],
  ]),
  hosts: new Map([
    ["postfix", 20],
    ["microsoft365", 10],
  ]),
};

test("what is held is what the same hours bring, without what has been given up", () => {
  const morning = [{ from: start, to: start + 6 * HOUR }];
  const inflows = inflowsOf(baseline, morning);
  expect(inflows.reduce((sum, { slices }) => sum + expectedMessages(slices), 0)).toBeCloseTo(180, 5);
  expect(expectedHeld(releases(inflows, morning))).toBeGreaterThan(170);
  const night = [{ from: start + 12 * HOUR, to: start + 24 * HOUR }];
  expect(expectedHeld(releases(inflowsOf(baseline, night), night))).toBe(0);
  const days = [{ from: start, to: start + 4 * DAY }];
  const held = expectedHeld(releases(inflowsOf(baseline, days), days));
  expect(held).toBeGreaterThan(960);
  expect(held).toBeLessThan(1120);
});

test("an outage past the end of the baseline and over a week reads the same hours again", () => {
  const weeks = [{ from: start, to: start + 15 * DAY }];
  const inflows = inflowsOf(baseline, weeks);
  expect(inflows.reduce((sum, { slices }) => sum + expectedMessages(slices), 0)).toBeCloseTo(15 * 360, 3);
});

test("senders that nothing is known of are taken to be like the others", () => {
  const down = [{ from: 0, to: 6 * HOUR }];
  const [, unknown] = releases([flow("microsoft365", 6), flow("unknown", 6)], down);
  expect(unknown.waits.at(-1)).toBeLessThan(61 * MINUTE);
  const [alone] = releases([flow("unknown", 6)], down);
  expect(alone.waits.length).toBeGreaterThan(0);
});

test("counted from the first message, more has come by any time; an unheard-of amount makes no difference", () => {
  const down = [{ from: 0, to: 6 * HOUR }];
  const few = releases([flow("postfix", 6, 6)], down);
  const quiet = sinceFirstMessage(few, 1 / HOUR);
  expect(shareArrived(quiet, 15 * MINUTE)).toBeGreaterThan(shareArrived(few, 15 * MINUTE) + 0.05);
  const busy = sinceFirstMessage(few, 100 / MINUTE);
  expect(shareArrived(busy, 15 * MINUTE)).toBeCloseTo(shareArrived(few, 15 * MINUTE), 2);
});
