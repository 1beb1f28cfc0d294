// Where the operator's acts wait for the loop: one at a time, between two beats, kept before they are answered.

import { createHash } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { Observation } from "../../core/observation.ts";
import type { Act } from "../../core/status/incidents/acts.ts";
import type { Answer } from "../../core/status/incidents/answer.ts";
import { answeredBefore, withAnswer } from "../../core/status/incidents/answered.ts";
import type { PublicSite } from "../../core/status/site.ts";
import { HOUR, type Instant } from "../../core/time.ts";
import { planAhead, wrongRule } from "./recurring.ts";

/** Acts that wait at most: more is a program gone wild. */
const room = 100;

interface Waiting {
  readonly act: Act;
  readonly key: string;
  answer(answer: Answer): void;
  fail(error: unknown): void;
}

/**
 * Carries an act out and keeps it. Throws the fault of `keep`, and then nothing has happened. The same for a running
 * server and for a state file that no server has open. What was done with the same `key` is answered as it was then.
 */
export function carryOut(
  known: Observation,
  act: Act,
  site: PublicSite,
  now: Instant,
  keep: () => void,
  key = "",
): Answer {
  const before = known.said;
  const name = key === "" ? "" : nameOf(key, act);
  const told = answeredBefore(before.book, name, now);
  if (told !== undefined) return told;
  if (act.act === "maintenance-repeat") {
    const wrong = wrongRule(act, now);
    if (wrong !== "") return { done: false, why: "wrong", says: wrong };
  }
  const answer = known.act(act, site, now);
  if (!answer.done) return answer;
  planAhead(known, site, now);
  known.said = { ...known.said, book: withAnswer(known.said.book, name, answer, now) };
  try {
    keep();
  } catch (error) {
    known.said = before;
    throw error;
  }
  return answer;
}

/** Another act with the same key is another act; and the key itself may be somebody's name, so it is not kept. */
function nameOf(key: string, act: Act): string {
  const said = Object.entries(act).filter(([, value]) => value !== undefined);
  const whole = JSON.stringify([key, ...said.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash("sha256").update(whole).digest("hex").slice(0, 32);
}

export class Desk {
  readonly #site: PublicSite;
  #waiting: Waiting[] = [];
  #call: (() => void) | undefined;
  #planned: Instant = Number.NaN;

  constructor(site: PublicSite) {
    this.#site = site;
  }

  /** Hands an act in; resolves when it is kept. Rejects with the `Fault` that hindered that. */
  submit(act: Act, key = ""): Promise<Answer> {
    if (this.#waiting.length >= room) {
      const busy = "mailtide has too much to do at once: try again in a minute.";
      return Promise.reject(new Fault("operator-unreachable", busy, "See its log for who asks so much."));
    }
    return new Promise((answer, fail) => {
      this.#waiting.push({ act, key, answer, fail });
      this.#call?.();
    });
  }

  /** Resolves when somebody hands something in. */
  called(): Promise<void> {
    if (this.#waiting.length > 0) return Promise.resolve();
    return new Promise((call) => {
      this.#call = call;
    });
  }

  /** Carries out all that waits, and plans ahead now and then. Answers whether anything changed that people should see. */
  serve(known: Observation, now: Instant, keep: () => void): boolean {
    const all = this.#waiting;
    this.#waiting = [];
    const before = known.said;
    for (const { act, key, answer, fail } of all) {
      try {
        answer(carryOut(known, act, this.#site, now, keep, key));
      } catch (error) {
        fail(error);
      }
    }
    if (!(now - this.#planned < HOUR && now >= this.#planned)) {
      this.#planned = now;
      planAhead(known, this.#site, now);
    }
    return known.said !== before;
  }

  /** Nothing is carried out any more. */
  close(): void {
    const stopping = new Fault("operator-unreachable", "mailtide is stopping.", "Try again when it runs.");
    for (const { fail } of this.#waiting) fail(stopping);
    this.#waiting = [];
  }
}
