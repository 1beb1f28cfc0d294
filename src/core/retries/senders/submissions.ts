// Late mail by when it was sent, where the log says when: counted then, and not guessed from how much more than usual comes.

import { insist, type Saved, type Saving } from "../../ledger/saved.ts";
import { DAY, type Duration, type Instant, type Interval } from "../../time.ts";
import { Recent } from "./recent.ts";
import { usualHeldRule } from "./release.ts";
import { fineStretches, fineWidth } from "./usual.ts";

/** What waited for less was not held up anywhere. */
export const latenessFrom: Duration = usualHeldRule.waited;
/** What says that it was sent longer ago tells of a wrong clock: no sender but one holds on for so long. */
export const longestWait: Duration = 8 * DAY;

const days = 8;
// Ages from five minutes on, each part half as long again as the one before: the last begins past eight days.
const ages = 21;
const growth = 1.5;

function ageBin(age: Duration): number {
  return Math.max(0, Math.min(ages - 1, Math.floor(Math.log(age / latenessFrom) / Math.log(growth))));
}

/** Late mail that has come of what was sent while the server was down. */
export interface LateMail {
  /** Messages, as far as their senders say when they were sent. */
  readonly came: number;
  /** Of these, such as would have been late without an outage: mass mail that takes hours to send, wrong clocks. */
  readonly anyway: number;
  /** Share of all mail since then that says when it was sent, from 0 to 1. */
  readonly dated: number;
}

/** Mail from outside by when it was sent. Bounded: some thousand numbers. */
export class Submissions {
  /** Late mail by when it was sent, the same by when it came, and all mail that says when it was sent. */
  readonly #sent = new Recent(fineStretches, fineWidth);
  readonly #late = new Recent(fineStretches, fineWidth);
  readonly #dated = new Recent(fineStretches, fineWidth);
  /** Of each day, how old its late mail was. */
  readonly #ages = new Uint32Array(days * ages);
  #last = -1;

  /** A stranger's message was taken at `at`; `sent` is when it entered the queue in which it waited, `NaN` if it did not wait. */
  accepted(at: Instant, sent: Instant): void {
    this.#dated.add(at);
    const day = Math.floor(at / DAY);
    if (day > this.#last) {
      const since = this.#last === -1 ? days : Math.min(days, day - this.#last);
      for (let old = day - since + 1; old <= day; old++) {
        this.#ages.fill(0, (old % days) * ages, (old % days) * ages + ages);
      }
      this.#last = day;
    }
    const age = at - sent;
    if (!(age > latenessFrom)) return;
    this.#sent.add(sent);
    this.#late.add(at);
    if (day > this.#last - days) this.#ages[(day % days) * ages + ageBin(age)]++;
  }

  /**
   * Late mail that came from `recovery` to `now` and was sent in the outages before it, which are in order. `came` is all mail from
   * outside since then.
   */
  since(outages: readonly Interval[], recovery: Instant, now: Instant, came: number): LateMail {
    const start = outages[0]?.from ?? recovery;
    let late = this.#sent.sum(start, recovery - usualHeldRule.before);
    // What was sent in the first of several outages may have come before the last one.
    for (let i = 1; i < outages.length; i++) late -= this.#late.sum(outages[i - 1].to ?? start, outages[i].from);
    late = Math.max(0, late);
    const dated = this.#dated.sum(recovery, now);
    const share = came > 0 ? Math.min(1, dated / came) : 0;
    const fresh = Math.max(0, dated - late);
    return { came: late, anyway: fresh * this.#lateAnyway(start, recovery, now), dated: share };
  }

  /** Share of usual mail that comes between `recovery` and `now` and says that it was sent between `start` and `recovery`. */
  #lateAnyway(start: Instant, recovery: Instant, now: Instant): number {
    const usual = new Float64Array(ages);
    let all = 0;
    // Days of the outage and after it show late mail that it made.
    const end = Math.floor(start / DAY);
    for (let day = Math.max(end - days, this.#last - days + 1, 0); day < end && day <= this.#last; day++) {
      all += this.#dated.sum(day * DAY, (day + 1) * DAY);
      for (let bin = 0; bin < ages; bin++) usual[bin] += this.#ages[(day % days) * ages + bin];
    }
    if (all === 0) return 0;
    const parts = 8;
    let sum = 0;
    for (let part = 0; part < parts; part++) {
      const at = recovery + ((part + 0.5) / parts) * (now - recovery);
      const least = Math.max(latenessFrom, at - recovery + usualHeldRule.before);
      sum += olderThan(usual, least) - olderThan(usual, Math.max(least, at - start));
    }
    return sum / parts / all;
  }

  save(name: string, to: Saving): void {
    this.#sent.save(`${name}.sent`, to);
    this.#late.save(`${name}.late`, to);
    this.#dated.save(`${name}.dated`, to);
    to.column(`${name}.ages`, this.#ages);
    to.value(name, { last: this.#last });
  }

  restore(name: string, from: Saved): void {
    if (!from.has(name)) return;
    this.#sent.restore(`${name}.sent`, from);
    this.#late.restore(`${name}.late`, from);
    this.#dated.restore(`${name}.dated`, from);
    this.#ages.set(from.column(`${name}.ages`, Uint32Array, this.#ages.length));
    this.#last = from.value<{ last: number }>(name).last;
    insist(Number.isSafeInteger(this.#last), "its ages of late mail have no time");
  }
}

/** How much of the counts by age is older than `age`; evenly spread within a part. */
function olderThan(counts: Float64Array, age: Duration): number {
  const bin = ageBin(age);
  const from = latenessFrom * growth ** bin;
  const inside = Math.max(0, Math.min(1, (age - from) / (from * (growth - 1))));
  let sum = counts[bin] * (1 - inside);
  for (let older = bin + 1; older < ages; older++) sum += counts[older];
  return sum;
}
