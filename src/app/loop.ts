// The heartbeat: look, think, tell, remember. Trouble in one beat is said and does not stop the next.

import type { Observation } from "../core/observation.ts";
import { type Circumstances, observe } from "../core/observe.ts";
import type { Report } from "../core/report.ts";
import type { Duration, Instant } from "../core/time.ts";
import { inWords } from "./complaint.ts";
import type { Feed } from "./feed.ts";
import type { Desk } from "./operator/desk.ts";

export interface Heartbeat {
  readonly known: Observation;
  readonly feed: Feed;
  readonly around: Omit<Circumstances, "observer" | "catchingUp">;
  /** Where the operator's acts wait; absent: nobody acts. */
  readonly desk?: Desk;
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
  let broken = "";
  try {
    await heart.feed.advance(heart.known, now);
  } catch (error) {
    heart.complain(error);
    broken = `mailtide itself failed (${inWords(error)})`;
  }
  return say(heart, now, broken);
}

/** Thinks and tells; `broken` is trouble of our own. */
function say(heart: Heartbeat, now: Instant, broken = ""): Report | undefined {
  try {
    const seen = heart.feed.observer(now);
    // What was taken in only in part must not be told as if it were all.
    const observer = broken === "" ? seen : { ...seen, blind: true, why: broken };
    const catchingUp = heart.feed.behind === true;
    const report = observe(heart.known, { ...heart.around, observer, catchingUp }, now);
    heart.tell(report);
    return report;
  } catch (error) {
    heart.complain(error);
    return undefined;
  }
}

/** Carries out what the operator has handed in, each kept before it is answered, and tells people at once. */
export function serveDesk(heart: Heartbeat, now: Instant): void {
  const changed = heart.desk?.serve(heart.known, now, () => {
    try {
      heart.remember?.(now);
      heart.stateTrouble?.("");
    } catch (error) {
      heart.stateTrouble?.(inWords(error));
      heart.complain(error);
      throw error;
    }
  });
  if (changed === true) say(heart, now);
}

/** Keeps what is known, and says so if that fails. */
export function remember(heart: Heartbeat, now: Instant): void {
  if (heart.remember === undefined) return;
  try {
    heart.remember(now);
    heart.stateTrouble?.("");
  } catch (error) {
    heart.stateTrouble?.(inWords(error));
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

/** Beats until stopped; remembers once more at the end. Whoever asks before the first beat is over hears what was last said, and that nothing can be seen yet. */
export async function live(heart: Heartbeat, rhythm: Rhythm): Promise<void> {
  let remembered = rhythm.clock();
  let every = rhythm.rememberEvery;
  say(heart, remembered);
  while (!rhythm.stopped()) {
    const now = rhythm.clock();
    await beat(heart, now);
    serveDesk(heart, rhythm.clock());
    if (now - remembered >= every || now < remembered) {
      const began = rhythm.clock();
      remember(heart, now);
      // Keeping much may take a while; it is not to take more than a twentieth of the time.
      every = Math.max(rhythm.rememberEvery, 20 * (rhythm.clock() - began));
      remembered = now;
    }
    // Not to wait at all would leave no room for the web server.
    const rest = heart.feed.behind === true ? 1 : rhythm.interval - (rhythm.clock() - now);
    await Promise.race([rhythm.wait(Math.max(1, rest)), ...(heart.desk === undefined ? [] : [heart.desk.called()])]);
  }
  heart.desk?.close();
  await heart.feed.close();
  remember(heart, rhythm.clock());
}
