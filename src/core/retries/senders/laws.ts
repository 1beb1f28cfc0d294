// How a sending mail system spaces its attempts and when it lets go, as values. The facts are in `schedules.ts`.

import type { Duration } from "../../time.ts";

/** Postfix: the wait after an attempt is the time in the queue within two limits, then the next look at the queue. */
export interface AgeLaw {
  readonly law: "age";
  readonly minimal: Duration;
  readonly maximal: Duration;
  readonly scan: Duration;
}

/** Every run of the queue tries everything (sendmail). */
export interface RunsLaw {
  readonly law: "runs";
  readonly every: Duration;
}

/** Attempts at `unit`·k² after the message came (qmail, OpenSMTPD). */
export interface QuadraticLaw {
  readonly law: "quadratic";
  readonly unit: Duration;
}

/**
 * A list of waits. After the last one the waits of `repeat` follow again and again; without it the failure of the last attempt is
 * the end. `jitter` 0.2 draws each wait evenly from 80 to 120 % of what the list says.
 */
export interface StepsLaw {
  readonly law: "steps";
  readonly waits: readonly Duration[];
  readonly repeat?: readonly Duration[];
  readonly jitter?: number;
}

/** Each wait is `factor` times the one before, up to `cap`; `attempts` is how many are made in all. */
export interface GrowingLaw {
  readonly law: "growing";
  readonly first: Duration;
  readonly factor: number;
  readonly cap?: Duration;
  readonly attempts?: number;
  readonly jitter?: number;
}

/** One part of an Exim retry rule: `F` waits the same each time, `G` grows by a factor. */
export interface Stage {
  readonly grow: "F" | "G";
  /** The part holds until the host has failed for this long. */
  readonly until: Duration;
  readonly wait: Duration;
  readonly factor?: number;
}

/** Exim: stages since the host first failed; permission to try is used at the next queue run or by a new message. */
export interface StagesLaw {
  readonly law: "stages";
  readonly stages: readonly Stage[];
  readonly run: Duration;
}

/** How a sender spaces its attempts. */
export type AttemptLaw = AgeLaw | RunsLaw | QuadraticLaw | StepsLaw | GrowingLaw | StagesLaw;

/**
 * When a sender lets go of a message.
 * - `attempt`: at the first failed attempt at or past this age; a server that answers by then still gets it.
 * - `timer`: at this age, attempt or not.
 * - `ahead`: at the failed attempt after which the next one would lie past this age.
 * - `host`: when the host has failed for this long, whatever the age of the message.
 * - `count`: at the failure of the last attempt of the list.
 */
export type GiveUp =
  | { readonly rule: "attempt" | "timer" | "ahead" | "host"; readonly after: Duration }
  | { readonly rule: "count" };

/** Whose clock runs: each message's own, one for the failing host, or one for the whole queue to a destination. */
export type Clock = "message" | "host" | "queue";

/** How well a schedule is known; `assumed` is our own placeholder inside what is documented. */
export type Confidence = "documented" | "vendor" | "measured" | "reported" | "assumed";

/** What one mail system does with mail that it cannot deliver. */
export interface SenderSchedule {
  readonly name: string;
  readonly clock: Clock;
  readonly attempts: AttemptLaw;
  readonly giveUp: GiveUp;
  readonly confidence: Confidence;
  readonly source: string;
}
