// The heartbeat: look, think, tell, remember. Trouble in one beat is said and does not stop the next.

import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import { type Circumstances, observe } from "../core/observe.ts";
import type { Report } from "../core/report.ts";
import type { Duration, Instant } from "../core/time.ts";
import type { Feed } from "./feed.ts";

export interface Heartbeat {
  readonly known: Observation;
  readonly feed: Feed;
  readonly around: Omit<Circumstances, "observer">;
  /** Given each report, in order. */
  tell(report: Report): void;
  /** Keeps what is known; throws `Fault` if it cannot. Absent: nothing is kept. */
  remember?(now: Instant): void;
  /** Told of trouble with remembering, and of its end by the empty text. */
  stateTrouble?(why: string): void;
  /** Told of trouble that nobody expected. */
  complain(error: unknown): void;
}

/** One beat at a moment. */
export async function beat(heart: Heartbeat, now: Instant): Promise<Report | undefined> {
  try {
    await heart.feed.advance(heart.known, now);
    const report = observe(heart.known, { ...heart.around, observer: heart.feed.observer(now) }, now);
    heart.tell(report);
    return report;
  } catch (error) {
    heart.complain(error);
    return undefined;
  }
}

/** Keeps what is known, and says so if that fails. */
export function remember(heart: Heartbeat, now: Instant): void {
  if (heart.remember === undefined) return;
  try {
    heart.remember(now);
    heart.stateTrouble?.("");
  } catch (error) {
    heart.stateTrouble?.(error instanceof Fault ? `${error.message}. ${error.advice}` : String(error));
    heart.complain(error);
  }
}

export interface Rhythm {
  readonly interval: Duration;
  readonly rememberEvery: Duration;
  clock(): Instant;
  /** Resolves after the time or when stopped. */
  wait(milliseconds: Duration): Promise<void>;
  stopped(): boolean;
}

/** Beats until stopped; remembers once more at the end. */
export async function live(heart: Heartbeat, rhythm: Rhythm): Promise<void> {
  let remembered = rhythm.clock();
  while (!rhythm.stopped()) {
    const now = rhythm.clock();
    await beat(heart, now);
    if (now - remembered >= rhythm.rememberEvery || now < remembered) {
      remember(heart, now);
      remembered = now;
    }
    await rhythm.wait(Math.max(0, rhythm.interval - (rhythm.clock() - now)));
  }
  await heart.feed.close();
  remember(heart, rhythm.clock());
}
