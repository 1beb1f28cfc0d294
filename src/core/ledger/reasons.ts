// What a reply means to a reader: a small fixed set. Placeholder order is part of the checkpoint: add at the end.

/** The fixed set, as labels of metrics and words of reports. Number 0 is "no reason" (a success). */
export const reasonNames = [
  "none",
  "connection-refused",
  "connection-timeout",
  "connection-lost",
  "unreachable",
  "name-not-found",
  "name-lookup-failed",
  "tls-failed",
  "greylisted",
  "rate-limited",
  "policy",
  "spam",
  "blocklisted",
  "authentication",
  "mailbox-full",
  "mailbox-unknown",
  "mailbox-disabled",
  "relay-denied",
  "message-too-large",
  "content",
  "server-error",
  "server-busy",
  "routing-loop",
  "expired",
  "administrator",
  "local-error",
  "other",
] as const;

export type Reason = (typeof reasonNames)[number];
