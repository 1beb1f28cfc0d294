// "What if", asked of the estimator and answered in our terms.

import { Fault } from "../fault.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Duration, Instant } from "../time.ts";
import type { Target } from "./estimator/calibrate.ts";
import { publish } from "./estimator/publish.ts";
import type { Numbering } from "./numbering.ts";
import { type Outlook, outlookOf } from "./outlook.ts";
import type { Estimator, SeenQueue, WhatIf } from "./seen.ts";
import { stretched } from "./unit.ts";
import type { Question, Supposed } from "./what-if.ts";

/** Places that are named to who asks about one that no mail waits for. */
const suggested = 5;

/** A question in the estimator's terms. Throws `Fault("question-invalid")` where it is about a place that no mail waits for. */
export function whatIfOf(question: Question, ledger: Ledger, numbering: Numbering, unit: Duration): WhatIf {
  const { faster, flushNow, destinationDownUntil: down, outageUntil } = question;
  let place: WhatIf = {};
  if (down !== undefined) {
    const { names } = ledger.destinations;
    const destination = numbering.of(names.indexOf(down.destination));
    if (destination === undefined) {
      const all = numbering.places.slice(0, suggested).map((known) => names[known]);
      throw new Fault(
        "question-invalid",
        "No mail waits for that destination.",
        all.length === 0 ? "Ask about another one." : `Ask about one that mail waits for, such as ${all.join(", ")}.`,
      );
    }
    place = { destinationDownUntil: { destination, until: stretched(down.until, unit) } };
  }
  return {
    ...place,
    ...(faster === undefined ? {} : { faster }),
    ...(flushNow === undefined ? {} : { flushNow }),
    ...(outageUntil === undefined ? {} : { outageUntil: stretched(outageUntil, unit) }),
  };
}

/** What an estimator answers; its state stays as it is. */
export function suppose(
  estimator: Estimator,
  queue: SeenQueue,
  what: WhatIf,
  {
    question,
    now,
    unit,
    recovered,
    nameOf,
  }: {
    readonly question: string;
    readonly now: Instant;
    readonly unit: Duration;
    readonly recovered: boolean;
    readonly nameOf: (number: number) => string | undefined;
  },
): Supposed {
  const answer = (to: WhatIf): Outlook => {
    const estimate = estimator.estimate(queue, stretched(now, unit), to);
    return outlookOf(estimate, publish(estimate), unit, nameOf, { recovered, allClear: false });
  };
  const outlook = answer(what);
  // As things are, asked in the same words.
  const plain = answer({ faster: 1 });
  const sooner = (target: Target): Duration => plain[target][3] - outlook[target][3];
  return {
    question,
    at: now,
    outlook,
    sooner: {
      queue: sooner("queue"),
      half: sooner("half"),
      ninety: sooner("ninety"),
      ninetyNine: sooner("ninetyNine"),
    },
  };
}
