// A listing of the whole queue, as columns: the same idea as EventBatch, one row a queued message.

import { Spans } from "./batch.ts";

/** Which queue a message is in. `unknown` for listings that do not say. */
export const QueueName = { unknown: 0, maildrop: 1, hold: 2, incoming: 3, active: 4, deferred: 5 } as const;
export type QueueName = (typeof QueueName)[keyof typeof QueueName];
export const queueNames = ["unknown", "maildrop", "hold", "incoming", "active", "deferred"] as const;

/** A stretch of a survey: some of the queue's messages. One survey is many of these, in any order. */
export class SurveyBatch {
  readonly capacity: number;
  /** The bytes that all spans point into, with escapes already resolved. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Messages in use. */
  count = 0;
  /** Recipients in use. */
  recipients = 0;
  /** Entries of the listing that could not be read, since `clear()`. */
  malformed = 0;

  /** A `QueueName` a message. */
  readonly queue: Uint8Array<ArrayBuffer>;
  readonly id: Spans;
  /** Arrival in milliseconds since 1970. */
  readonly arrival: Float64Array<ArrayBuffer>;
  readonly size: Float64Array<ArrayBuffer>;
  /** Empty is the null sender. */
  readonly sender: Spans;
  /** 1 where the administrator marked it to expire at the next attempt. */
  readonly forced: Uint8Array<ArrayBuffer>;
  /** When the MTA will try next, in milliseconds since 1970; `NaN` where the listing does not say. */
  readonly nextAttempt: Float64Array<ArrayBuffer>;
  /** Recipients `firstRecipient[i]` to `firstRecipient[i] + recipientCount[i]` belong to message `i`. */
  readonly firstRecipient: Int32Array<ArrayBuffer>;
  readonly recipientCount: Int32Array<ArrayBuffer>;

  /** One row a recipient. A batch holds up to `recipientCapacity`; a message with more is given in several rows. */
  readonly recipientCapacity: number;
  readonly recipient: Spans;
  /** Why the last attempt was deferred; empty if it was not. */
  readonly reason: Spans;

  constructor(capacity = 2048, recipientCapacity = 8192) {
    this.capacity = capacity;
    this.recipientCapacity = recipientCapacity;
    this.queue = new Uint8Array(capacity);
    this.id = new Spans(capacity);
    this.arrival = new Float64Array(capacity);
    this.size = new Float64Array(capacity);
    this.sender = new Spans(capacity);
    this.forced = new Uint8Array(capacity);
    this.nextAttempt = new Float64Array(capacity);
    this.firstRecipient = new Int32Array(capacity);
    this.recipientCount = new Int32Array(capacity);
    this.recipient = new Spans(recipientCapacity);
    this.reason = new Spans(recipientCapacity);
  }

  clear(): void {
    this.count = 0;
    this.recipients = 0;
    this.malformed = 0;
  }
}
