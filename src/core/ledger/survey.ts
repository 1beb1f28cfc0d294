// What a listing of the whole queue says, brought into the ledger: it sets right what the log did not say, such as a
// flush, an administrator's sweep, or lines that were lost.

import { queueNames, type SurveyBatch } from "../events/survey.ts";
import { withinBytes } from "../events/text.ts";
import { type Instant, SECOND } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { Flag } from "./messages.ts";

/** Writes surveys into a ledger: `begin`, any number of `take`, `end`. Keeps nothing itself. */
export class Surveyor {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A listing begins: what it began to list at `at`. */
  begin(at: Instant, instance: number): void {
    this.#ledger.surveys++;
    this.#ledger.surveyedAt = at;
    this.#ledger.surveyInstance = instance;
    this.#ledger.surveyedQueues = queueNames.map(() => ({
      messages: 0,
      recipients: 0,
      bytes: 0,
      oldestArrival: Number.NaN,
    }));
  }

  /** Some of the listing. The same message twice in one listing counts once. */
  take(batch: SurveyBatch): void {
    const messages = this.#ledger.messages;
    for (let i = 0; i < batch.count; i++) {
      let slot = messages.find(batch.bytes, batch.id.start[i], batch.id.end[i], this.#ledger.surveyInstance);
      const listed = batch.recipientCount[i];
      const queue = batch.queue[i];
      if (slot !== -1 && (messages.flags[slot] & Flag.gone) !== 0) {
        if (messages.touched[slot] >= this.#ledger.surveyedAt - 2 * SECOND) {
          // It left while the listing was made, or the log is ahead of it: the log is right.
          if (messages.seen[slot] !== this.#ledger.surveys) {
            messages.seen[slot] = this.#ledger.surveys;
            this.#tally(queue, listed, batch.size[i], batch.arrival[i]);
          }
          continue;
        }
        messages.reset(slot, batch.arrival[i]);
      }
      if (slot === -1) {
        slot = messages.add(
          batch.bytes,
          batch.id.start[i],
          batch.id.end[i],
          this.#ledger.surveyInstance,
          batch.arrival[i],
        );
      }
      const flags = messages.flags[slot];
      const again = messages.seen[slot] === this.#ledger.surveys && (flags & Flag.queued) !== 0;
      if (again && messages.queue[slot] !== queue) {
        // One message, listed in two queues because it moved meanwhile.
        continue;
      }
      messages.seen[slot] = this.#ledger.surveys;
      messages.missed[slot] = 0;
      messages.queue[slot] = queue;
      // A message with very many recipients comes in several rows: the message counts once, all recipients count.
      this.#tally(queue, listed, batch.size[i], batch.arrival[i], again ? 0 : 1);
      if ((flags & (Flag.queued | Flag.offered | Flag.continues)) === Flag.offered && queueNames[queue] === "hold") {
        // Held on its way in: no line of the queue manager will come.
        this.#ledger.takeIn(slot, messages.arrival[slot]);
      } else if ((flags & Flag.queued) === 0) {
        messages.flags[slot] |= Flag.queued;
        if ((flags & Flag.offered) === 0) messages.arrival[slot] = batch.arrival[i];
        this.#ledger.live++;
      }
      if (messages.bytes[slot] === 0) messages.bytes[slot] = batch.size[i];
      if (batch.sender.end[i] === batch.sender.start[i]) messages.flags[slot] |= Flag.nullSender;
      if (queueNames[queue] === "hold") messages.flags[slot] |= Flag.held;
      else messages.flags[slot] &= ~Flag.held;
      if (batch.forced[i] === 1) messages.flags[slot] |= Flag.forced;
      if (messages.touched[slot] >= this.#ledger.surveyedAt - SECOND) continue;
      // The log has nothing newer: the listing is right about what it lists.
      if (queueNames[queue] !== "active") messages.flags[slot] &= ~Flag.active;
      if (Number.isFinite(batch.nextAttempt[i]) && queueNames[queue] === "deferred") {
        messages.nextAttempt[slot] = batch.nextAttempt[i];
        messages.flags[slot] |= Flag.nextKnown;
      }
      this.#listRecipients(batch, i, slot, again);
    }
  }

  #tally(queue: number, recipients: number, bytes: number, arrival: Instant, messages = 1): void {
    const counts = this.#ledger.surveyedQueues[queue];
    counts.messages += messages;
    counts.recipients += recipients;
    counts.bytes += messages === 0 ? 0 : bytes;
    if (!(arrival >= counts.oldestArrival)) counts.oldestArrival = arrival;
  }

  /** Makes the waiting list of a message what the listing says. */
  #listRecipients(batch: SurveyBatch, i: number, slot: number, more: boolean): void {
    const messages = this.#ledger.messages;
    const listed = batch.recipientCount[i];
    const first = batch.firstRecipient[i];
    let known = 0;
    for (let entry = messages.entry[slot]; entry !== -1; entry = this.#ledger.entries.next[entry]) known++;
    if (!more && known > listed) {
      // Some of its recipients went without a line that we saw.
      this.#ledger.counts.unknown += known - listed;
      this.#ledger.clearEntries(slot);
      messages.done[slot] = Math.max(0, messages.recipients[slot] - listed);
      known = 0;
    }
    if (!more && messages.recipients[slot] - messages.done[slot] !== listed) {
      if (messages.recipients[slot] === 0) messages.recipients[slot] = listed;
      else if (messages.recipients[slot] > listed) messages.done[slot] = messages.recipients[slot] - listed;
    } else if (more) {
      messages.recipients[slot] += listed;
    }
    if (known === listed && !more) return;
    for (let r = first; r < first + listed; r++) {
      const start = batch.recipient.start[r];
      const end = batch.recipient.end[r];
      if (batch.reason.end[r] <= batch.reason.start[r]) continue;
      const destination = this.#ledger.destinationOf(batch.bytes, start, end);
      const replyStart = batch.reason.start[r];
      const code = codeIn(batch.bytes, replyStart, batch.reason.end[r]);
      this.#ledger.replies.read(batch.bytes, replyStart, batch.reason.end[r], 0, code);
      const entry = this.#ledger.awaitRecipient(
        slot,
        batch.bytes,
        start,
        end,
        destination,
        this.#ledger.replies.reason,
        false,
      );
      // Listed, not tried again: `#await` counted an attempt where it knew the recipient already.
      if (this.#ledger.entries.attempts[entry] > 1) this.#ledger.entries.attempts[entry]--;
      if (messages.attempts[slot] === 0) messages.attempts[slot] = 1;
      if (this.#ledger.replies.relay !== -1) this.#ledger.lastRelay.set(destination, this.#ledger.replies.relay + 1);
    }
  }

  /**
   * The listing has ended. What two complete listings in a row do not have, and no newer line speaks of, is gone.
   * Answers how many messages went that way.
   */
  end(complete: boolean): number {
    if (!complete) return 0;
    const messages = this.#ledger.messages;
    let vanished = 0;
    for (let slot = 0; slot < messages.used; slot++) {
      const flags = messages.flags[slot];
      if ((flags & (Flag.queued | Flag.gone)) !== Flag.queued || messages.idLength[slot] === 0) continue;
      if (messages.seen[slot] === this.#ledger.surveys || messages.touched[slot] >= this.#ledger.surveyedAt - SECOND)
        continue;
      messages.missed[slot]++;
      if (messages.missed[slot] >= 2) {
        this.#ledger.vanish(slot, this.#ledger.surveyedAt);
        vanished++;
      }
    }
    return vanished;
  }
}

/** First three-digit reply code after `said: ` or `talk to me: `, 0 if there is none. */
function codeIn(bytes: Uint8Array, start: number, end: number): number {
  for (const mark of ["said: ", "to me: "]) {
    const at = withinBytes(bytes, start, Math.min(end, start + 512), mark);
    if (at === -1) continue;
    const digits = at + mark.length;
    const code = (bytes[digits] - 48) * 100 + (bytes[digits + 1] - 48) * 10 + (bytes[digits + 2] - 48);
    if (code >= 200 && code < 600) return code;
  }
  return 0;
}
