// Delivers: what is due is sent, what fails is tried again later and later, what nobody takes for three days is given up.
//
// It asks no clock and throws no dice of its own: `now` is an argument, dice are given.

import { DAY, type Duration, HOUR, type Instant, SECOND } from "../../core/time.ts";
import type { WebhookTarget } from "../publisher.ts";
import type { Delivery, Remembered } from "./memory.ts";
import type { News } from "./message.ts";
import type { Answered, Send } from "./send.ts";

export interface CourierOptions {
  readonly targets: readonly WebhookTarget[];
  readonly send: Send;
  /** From 0 to 1. */
  readonly dice: () => number;
  /** Keeps what is to be remembered; throws if it cannot. */
  readonly keep: (remembered: Remembered) => void;
  /** Told when something was given up, could not be kept, or does not arrive. */
  readonly trouble: (what: string) => void;
}

/** Deliveries kept at a time for each target: the oldest go first, since the newest tells most. */
const pendingPerTarget = 200;
/** Updates that are known to have been seen. */
const seenAtMost = 20_000;
const first: Duration = 5 * SECOND;
const longest: Duration = HOUR;
const patience: Duration = 3 * DAY;

/** A clock that was put back must not make a delivery wait for longer than any wait is. */
function isDue({ next }: Delivery, now: Instant): boolean {
  return next <= now || next > now + longest;
}

/** How a delivery ended, or goes on. */
export const outcomes = ["delivered", "failed", "given_up", "dropped"] as const;
export type Outcome = (typeof outcomes)[number];

/** Waits after a number of tries: twice as long each time up to an hour, spread over the upper half, so that many do not come back together. */
export function waitAfter(tries: number, dice: number): Duration {
  const full = Math.min(longest, first * 2 ** Math.min(20, tries - 1));
  return Math.round(full / 2 + (full / 2) * dice);
}

export class Courier {
  readonly #options: CourierOptions;
  readonly #targets: ReadonlyMap<string, WebhookTarget>;
  #seen: Set<string>;
  #pending: Delivery[];
  /** Known from an earlier run, or from a first look: before that, everything would look like news. */
  #begun: boolean;
  readonly #counts = new Map<string, number>();
  readonly #busy = new Set<string>();
  #unkept = false;
  #stopped = false;

  constructor(options: CourierOptions, remembered: Remembered | undefined) {
    this.#options = options;
    this.#targets = new Map(options.targets.map((target) => [target.name, target]));
    this.#seen = new Set(remembered?.seen);
    // What was meant for a target that is no longer configured goes to nobody else.
    this.#pending = (remembered?.pending ?? []).filter(({ target }) => this.#targets.has(target));
    this.#begun = remembered !== undefined;
  }

  /** Takes note of all updates there are; those that were never seen become deliveries. */
  note(all: readonly News[], bodyFor: (news: News, target: WebhookTarget) => string, now: Instant): void {
    const fresh = all.filter(({ key }) => !this.#seen.has(key));
    if (fresh.length === 0 && this.#begun) return;
    for (const news of fresh) {
      this.#seen.add(news.key);
      // Who has just been set up is told what happens from now on, not what happened before.
      if (!this.#begun) continue;
      for (const target of this.#options.targets) {
        const body = bodyFor(news, target);
        this.#pending.push({ target: target.name, key: news.key, body, since: now, tries: 0, next: now });
      }
    }
    this.#begun = true;
    this.#bound();
    this.#keep();
  }

  /** Sends what is due, each target one thing at a time, in order. Resolves when all that was due has been tried once. */
  async deliver(now: Instant): Promise<void> {
    if (this.#unkept) this.#keep();
    await Promise.all(
      this.#options.targets.map(async (target) => {
        if (this.#busy.has(target.name)) return;
        this.#busy.add(target.name);
        try {
          const due = this.#pending.filter((one) => one.target === target.name && isDue(one, now));
          for (const delivery of due) {
            if (this.#stopped) break;
            await this.#try(delivery, target, now);
          }
        } finally {
          this.#busy.delete(target.name);
        }
      }),
    );
  }

  /** Whether something is due. */
  due(now: Instant): boolean {
    return this.#pending.some((one) => isDue(one, now));
  }

  /** What is under way is brought to its end, and nothing more is begun. */
  stop(): void {
    this.#stopped = true;
  }

  pending(target: string): number {
    return this.#pending.filter((one) => one.target === target).length;
  }

  count(target: string, outcome: Outcome): number {
    return this.#counts.get(`${target} ${outcome}`) ?? 0;
  }

  async #try(delivery: Delivery, target: WebhookTarget, now: Instant): Promise<void> {
    if (!this.#pending.includes(delivery)) return;
    const answered = await this.#options.send(target, delivery, now);
    if (answered.ok) {
      this.#count(target.name, "delivered");
      this.#replace(delivery);
      return;
    }
    this.#count(target.name, "failed");
    const tries = delivery.tries + 1;
    if (answered.gone || now - delivery.since >= patience) {
      this.#count(target.name, "given_up");
      this.#options.trouble(`${target.name} did not take ${delivery.key}, and it is not tried again: ${answered.why}`);
      this.#replace(delivery);
      return;
    }
    if (tries === 3) this.#options.trouble(`${target.name} does not take news: ${answered.why}`);
    this.#replace(delivery, { ...delivery, tries, next: now + this.#wait(tries, answered) });
  }

  #wait(tries: number, { retryAfter }: Answered): Duration {
    return Math.max(waitAfter(tries, this.#options.dice()), Math.min(retryAfter ?? 0, longest));
  }

  #replace(old: Delivery, by?: Delivery): void {
    this.#pending = this.#pending.flatMap((one) => (one !== old ? [one] : by === undefined ? [] : [by]));
    this.#keep();
  }

  #bound(): void {
    for (const { name } of this.#options.targets) {
      const mine = this.#pending.filter(({ target }) => target === name);
      const surplus = new Set(mine.slice(0, Math.max(0, mine.length - pendingPerTarget)));
      if (surplus.size === 0) continue;
      this.#pending = this.#pending.filter((one) => !surplus.has(one));
      this.#count(name, "dropped", surplus.size);
      this.#options.trouble(`${name} is so far behind that its ${surplus.size} oldest deliveries were dropped`);
    }
    if (this.#seen.size > seenAtMost) this.#seen = new Set([...this.#seen].slice(-seenAtMost));
  }

  #keep(): void {
    try {
      this.#options.keep({ seen: [...this.#seen], pending: this.#pending });
      this.#unkept = false;
    } catch (error) {
      // It is sent all the same; what is lost is only that a restart would know.
      this.#unkept = true;
      this.#options.trouble(
        `what is to be delivered cannot be kept over a restart: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #count(target: string, outcome: Outcome, by = 1): void {
    const key = `${target} ${outcome}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }
}
