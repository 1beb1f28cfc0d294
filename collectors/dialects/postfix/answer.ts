/** How a line is answered that makes no event; one that makes an event is answered with the event's kind, above zero. */
export const Answer = {
  /** Understood, and nothing to report. */
  silent: 0,
  foreign: -1,
  unsupported: -2,
  malformed: -3,
} as const;
