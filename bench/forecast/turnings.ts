// Turning points: the recovery, a flush, mail set aside and released, and a circumstance that becomes perfect on the way.

import { chanceOf } from "./dice.ts";
import { AT_SENDER, CLOCK, COHORT, DEFERRED, HELD, IN_LINE, type Mail, QUANTUM } from "./mail.ts";

/** What is made perfect from a moment on, to see what it was that took so long. */
export interface Change {
  readonly at: number;
  readonly what: "service" | "timers" | "senders" | "destination" | "down";
}

/** What happens once. */
export interface Turnings {
  flush(): void;
  makePerfect(what: Change["what"]): void;
  /** The recovery: what is delayed is marked, and some of it set aside. */
  markCohort(): void;
  /** What was set aside comes back. */
  release(): void;
}

/** The turning points of a world. */
export function createTurnings(w: Mail): Turnings {
  const { s } = w;
  /** Puts everything that waits for its time into the calendar anew. */
  const replan = (timeOf: (id: number) => number | undefined) => {
    w.calendar.fill(-1);
    for (let h = 0; h < w.hosts; h++) if (w.failingSince[h] >= 0) w.put(h, timeOf(h) ?? s.from + w.slot[h] * QUANTUM);
    const queued = new Set<number>();
    for (let h = 0; h < w.hosts; h++) for (let id = w.waiting[h]; id !== -1; id = w.link[id]) queued.add(id);
    for (let id = w.hosts; id < w.count; id++) {
      if ((w.state[id] === AT_SENDER && !queued.has(id)) || w.state[id] === DEFERRED) {
        w.put(id, timeOf(id) ?? s.from + w.slot[id] * QUANTUM);
      }
    }
  };
  const flush = () =>
    replan((id) => {
      if (w.state[id] !== DEFERRED) return undefined;
      w.due[id] = Math.min(w.due[id], w.now);
      return w.now;
    });
  const makePerfect = (what: Change["what"]) => {
    w.perfect[what] = true;
    if (what === "timers") flush();
    if (what === "senders") {
      replan((id) =>
        w.state[id] === CLOCK || w.state[id] === AT_SENDER ? w.now + 120 * chanceOf(w.seed, id, 51) : undefined,
      );
    }
    if (what === "down") {
      // Capacity comes back too: what breaks is gone, whatever it is.
      w.broken.fill(0, w.q);
    }
  };
  const markCohort = () => {
    w.cohortMarked = true;
    for (let id = w.hosts; id < w.count; id++) {
      if (w.state[id] > IN_LINE || w.places[w.place[id]].deadFrom <= w.now) continue;
      w.marks[id] |= COHORT;
      w.cohort++;
    }
    w.cohortLeft = w.cohort;
    if (s.hold === 0) return;
    for (let n = w.depth - 1; n >= 0; n--) {
      const id = w.live[n];
      if (w.state[id] !== DEFERRED || chanceOf(w.seed, id, 61) >= s.hold) continue;
      w.state[id] = HELD;
      w.held++;
      w.leave(id);
    }
    replan(() => undefined);
  };
  const release = () => {
    for (let id = w.hosts; id < w.count; id++) {
      if (w.state[id] !== HELD) continue;
      w.held--;
      const first = w.arrived[id];
      w.enter(id);
      w.arrived[id] = first;
      w.entered--;
    }
  };
  return { flush, makePerfect, markCohort, release };
}
