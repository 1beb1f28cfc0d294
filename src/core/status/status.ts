// How it is said: the phase and the plain sentences.

import type { Instant } from "../time.ts";
import type { ExpectedRange } from "./expected.ts";

export const phases = [
  "normal",
  "maintenance_scheduled",
  "maintenance",
  "suspected",
  "outage",
  "partial",
  "draining",
  "relapse",
  "resolved",
] as const;
export type Phase = (typeof phases)[number];

export type Level = "operational" | "delayed" | "partial-outage" | "major-outage" | "maintenance" | "unknown";

export interface Status {
  readonly phase: Phase;
  readonly level: Level;
  /** What is said may be out of date: see the observer. */
  readonly blind: boolean;
  readonly since: Instant | undefined;
  /** When the late mail is expected to be through, as it is said to everybody; undefined as long as we cannot say. */
  readonly expected: ExpectedRange | undefined;
  /** At most 90 characters, for everybody. */
  readonly headline: string;
  /** Whole sentences for everybody, a paragraph a line: what it means, what to do, when more is said. */
  readonly notice: string;
  /** Headline and notice in every language of the operator, the first included. */
  readonly said: readonly { readonly language: string; readonly headline: string; readonly notice: string }[];
  /** One sentence for the administrator, with names and numbers. */
  readonly sentence: string;
}
