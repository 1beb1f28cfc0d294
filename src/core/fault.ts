// Trouble as a value that an operator can act on.

/** Where a fault arose, as a stable code that documentation and tests refer to. */
export type FaultCode =
  | "config-invalid"
  | "source-missing"
  | "source-forbidden"
  | "source-gone"
  | "source-failed"
  | "queue-stopped"
  | "queue-forbidden"
  | "queue-failed"
  | "queue-unreadable"
  | "schedule-unreadable"
  | "state-unwritable"
  | "state-corrupt"
  | "recording-invalid"
  | "listen-failed"
  | "export-failed"
  | "webhook-failed"
  | "wire-failed"
  | "operator-refused"
  | "operator-forbidden"
  | "operator-unreachable"
  | "dialect-unknown"
  | "language-unknown"
  | "question-invalid";

/** Trouble with a code, a sentence that says what to do next, and what caused it. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** The next step for the operator, one sentence. */
  readonly advice: string;

  constructor(code: FaultCode, message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "Fault";
    this.code = code;
    this.advice = advice;
  }
}
