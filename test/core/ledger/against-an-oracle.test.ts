// Whatever a Postfix does, in whatever order: the ledger knows what the Postfix knows.

import fc from "fast-check";
import { expect, test } from "vitest";
import { orders, SimulatedPostfix, seen, show } from "../../support/simulated-postfix.ts";
import { Story } from "../../support/story.ts";

const long = process.env.MAILTIDE_LONG === "1";

test("totals, what remains, and who waits where and why are the truth", () => {
  fc.assert(
    fc.property(orders, fc.constantFrom(1, 7, 4096), (all, rows) => {
      const postfix = new SimulatedPostfix().follow(all);
      const story = new Story({}, rows);
      for (const step of postfix.steps) show(story, step);
      expect(seen(story, postfix.now)).toEqual(postfix.truth);
    }),
    { numRuns: long ? 20_000 : 300 },
  );
});

test("the same listing again changes nothing", () => {
  fc.assert(
    fc.property(orders, (all) => {
      const postfix = new SimulatedPostfix().follow([...all, { does: "list", pick: 0, after: 0, dice: [0, 0, 0, 0] }]);
      const once = new Story();
      const twice = new Story();
      for (const step of postfix.steps) {
        show(once, step);
        show(twice, step);
        if ("listing" in step) show(twice, step);
      }
      expect(twice.at(postfix.now)).toEqual(once.at(postfix.now));
    }),
    { numRuns: long ? 10_000 : 150 },
  );
});
