// What the forecast remembers between two moments: how the backlog moved, and how fast each relay was when it was busy.

import type { Saved, Saving } from "../ledger/saved.ts";
import type { Duration, Instant } from "../time.ts";

interface Sample {
  readonly at: Instant;
  readonly delayed: number;
  readonly messages: number;
}

interface SavedMemory {
  readonly samples: readonly Sample[];
  readonly busy: readonly [number, { speed: number; weight: number }][];
  readonly usual: number;
  readonly troubleSince: Instant;
  readonly firstFall: Instant;
}

export class ForecastMemory {
  readonly #samples: Sample[] = [];
  /** Deliveries a second of a relay while work was waiting for it. */
  readonly #busy = new Map<number, { speed: number; weight: number }>();
  /** Messages in the queue when nothing was delayed: what is usual. */
  usual = 0;
  /** Since when mail has been delayed without a break; `NaN` while none is. */
  troubleSince: Instant = Number.NaN;
  /** When the backlog of this trouble first began to fall; `NaN` before. */
  firstFall: Instant = Number.NaN;

  /** Notes the backlog at a moment. Samples closer than a second to the last one replace it. */
  note(at: Instant, delayed: number, messages: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && at < last.at) this.#samples.length = 0;
    else if (last !== undefined && at - last.at < 1000) this.#samples.pop();
    this.#samples.push({ at, delayed, messages });
    while (this.#samples.length > 400) this.#samples.shift();
    if (delayed === 0) {
      this.usual += (messages - this.usual) * 0.1;
      // Trouble is over after a quiet moment, not at the first gap between two waves.
      if (!Number.isNaN(this.troubleSince) && this.#samples.slice(-3).every((sample) => sample.delayed === 0)) {
        this.troubleSince = Number.NaN;
        this.firstFall = Number.NaN;
      }
      return;
    }
    if (Number.isNaN(this.troubleSince)) this.troubleSince = last?.at ?? at;
    if (Number.isNaN(this.firstFall) && last !== undefined && messages < last.messages * 0.99 - 2) this.firstFall = at;
  }

  /** Change of the number of delayed messages over about the last `span`; 0 while there is nothing to compare with. */
  change(now: Instant, span: Duration): { delayed: number; messages: number; over: Duration } {
    const last = this.#samples.at(-1);
    if (last === undefined) return { delayed: 0, messages: 0, over: 0 };
    let then = last;
    for (let i = this.#samples.length - 2; i >= 0; i--) {
      then = this.#samples[i];
      if (now - then.at >= span) break;
    }
    return { delayed: last.delayed - then.delayed, messages: last.messages - then.messages, over: last.at - then.at };
  }

  /** Learns how fast a relay is when work waits for it. */
  learn(relay: number, speed: number): void {
    const known = this.#busy.get(relay);
    if (known === undefined) {
      this.#busy.set(relay, { speed, weight: 1 });
      return;
    }
    known.weight = Math.min(known.weight + 1, 6);
    known.speed += (speed - known.speed) / known.weight;
  }

  /** Deliveries a second of a relay when busy; undefined if it was never seen busy. */
  capacity(relay: number): number | undefined {
    return this.#busy.get(relay)?.speed;
  }

  save(to: Saving): void {
    to.value("forecast", {
      samples: this.#samples,
      busy: [...this.#busy],
      usual: this.usual,
      troubleSince: this.troubleSince,
      firstFall: this.firstFall,
    });
  }

  /** Takes what was saved, into an empty memory. */
  restore(from: Saved): void {
    const saved = from.value<SavedMemory>("forecast");
    this.#samples.push(...saved.samples);
    for (const [relay, value] of saved.busy) this.#busy.set(relay, value);
    this.usual = saved.usual;
    this.troubleSince = saved.troubleSince;
    this.firstFall = saved.firstFall;
  }
}
