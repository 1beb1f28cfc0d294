// What can be reported about mail, in the words of docs/glossary.md.

/**
 * One number a kind of event. The comment names the columns of `EventBatch` that the kind fills,
 * beyond `kind`, `time`, `instance` and the line's own span, which every event has.
 */
export const EventKind = {
  /** A client began to hand a message over; not yet queued. id, detail = client, number = 1 if it signed in, other = original queue id after a requeue. */
  offered: 1,
  /** The Message-ID header is known. id, detail = message-id. */
  identified: 2,
  /** The queue manager holds the message: id, sender, size, recipients. MTAs repeat this at every attempt; the first counts. */
  accepted: 3,
  /** One recipient was handed on: id, recipient, original, relay, text, delay, stages, code, status, other = queue id at the relay. */
  delivered: 4,
  /** One recipient will be tried again: columns as `delivered`. */
  deferred: 5,
  /** One recipient was refused for good: columns as `delivered`. */
  bounced: 6,
  /** Given up for age. id, sender; recipient only where the MTA says it (else: all that are left). */
  expired: 7,
  /** An address check (not mail): columns as `delivered`. */
  probed: 8,
  /** We turned a client away: code, status, sender, recipient, text, detail = client, other = its name in HELO; id where one was assigned. */
  refused: 9,
  /** Set aside by an administrator or a rule: id. */
  held: 10,
  /** Taken off hold: id. */
  released: 11,
  /** Deleted by an administrator: id. */
  deleted: 12,
  /** Put back to be processed anew under another id, which a later `offered` names: id. */
  requeued: 13,
  /** Marked by an administrator to expire at the next attempt: id. */
  forced: 14,
  /** Left the queue for good: id. */
  removed: 15,
  /** A report about this message was queued as a message of its own: id, other = queue id of the report, detail = which report. */
  notified: 16,
  /** Accepted from the client and silently thrown away by a rule: id where there is one. */
  discarded: 17,
  /** An administrator acted on many messages and the log names none: detail = the action, count. Only a survey can tell which. */
  swept: 18,
  /** The MTA started. */
  started: 19,
  /** The MTA stopped or was stopped. */
  stopped: 20,
  /** The MTA read its configuration again. */
  reloaded: 21,
  /** The MTA warns about its own work: text. */
  warned: 22,
  /** A header says when the message was sent, or was passed on: id, delay = from then until now (`NaN` where it cannot be read), detail = the header without its name, number = 1 for Received, 0 for Date. */
  dated: 23,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];
export type EventKindName = keyof typeof EventKind;

/** Kind number to name. */
export const eventKindNames: readonly (EventKindName | "")[] = (() => {
  const names: (EventKindName | "")[] = [""];
  for (const [name, number] of Object.entries(EventKind)) names[number] = name as EventKindName;
  return names;
})();
