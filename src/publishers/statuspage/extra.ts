// The key `mailtide`: what Statuspage has no word for. Other clients pass over it.

import type { ComponentState } from "../../core/status/incidents/incident.ts";
import type { PublicDocument, Words } from "../../core/status/public/document.ts";
import type { Level, Phase } from "../../core/status/status.ts";
import { type Duration, type Instant, instantText, MINUTE } from "../../core/time.ts";
import type { Stamp } from "./shapes.ts";

export interface ExtraShape {
  /** Of this key; a change that could break a reader counts up. */
  readonly version: 1;
  readonly demonstration: boolean;
  /** When all this was so, to the minute: what stands still is old. */
  readonly as_of: Stamp;
  /** In a copy of the site: after this it says nothing about now. */
  readonly valid_until: Stamp | null;
  readonly phase: Phase;
  readonly level: Level;
  readonly since: Stamp | null;
  readonly next_update_by: Stamp | null;
  /** `blind`: the mail server cannot be seen, and nothing here is newer than that. */
  readonly observer: "seeing" | "blind";
  /** Late messages, rounded to two digits; `null` where that is unknown or not told. */
  readonly backlog: { readonly here: number | null; readonly at_senders: number | null };
  /** When late mail should be through: so often of ten times it is. `null` as long as we cannot say. */
  readonly forecast: { readonly earliest: Stamp; readonly latest: Stamp; readonly share: 0.8 } | null;
  /** By when nearly all mail that waits at its senders should be here. */
  readonly sender_windows: { readonly nearly_all_by: Stamp | null } | null;
  /** Mail that arrived in these stretches is gone. */
  readonly data_loss: readonly { readonly from: Stamp; readonly to: Stamp }[];
  readonly components: Readonly<Record<string, { readonly state: ComponentState; readonly since: Stamp | null }>>;
  /** Planned work that will not take place: Statuspage has no word for it, so it is in none of its lists. */
  readonly cancelled: readonly { readonly id: string; readonly name: Words; readonly scheduled_for: Stamp }[];
  readonly headline: Words;
  readonly notice: Words;
}

/** A stamp of a moment that is known. */
export function stamp(at: Instant): Stamp {
  return instantText(at) ?? new Date(0).toISOString();
}

/** What the document says beyond Statuspage's words. */
export function extraOf(document: PublicDocument, validFor: Duration | undefined): ExtraShape {
  const { at, expected, atSenders, holes, components, windows } = document;
  const minute = Math.floor(at / MINUTE) * MINUTE;
  return {
    version: 1,
    demonstration: document.demonstration,
    as_of: stamp(minute),
    valid_until: validFor === undefined ? null : stamp(minute + validFor),
    phase: document.phase,
    level: document.level,
    since: instantText(document.since),
    next_update_by: instantText(document.nextBy),
    observer: document.blind ? "blind" : "seeing",
    backlog: { here: document.waiting ?? null, at_senders: atSenders?.messages ?? null },
    forecast:
      expected === undefined
        ? null
        : { earliest: stamp(expected.earliest), latest: stamp(expected.latest), share: 0.8 },
    sender_windows: atSenders === undefined ? null : { nearly_all_by: instantText(atSenders.lastExpected) },
    data_loss: holes.map(({ from, to }) => ({ from: stamp(from), to: stamp(to) })),
    components: Object.fromEntries(
      components.map(({ id, state, since }) => [id, { state, since: instantText(since) }] as const),
    ),
    cancelled: windows
      .filter(({ status }) => status === "cancelled")
      .map(({ id, name, from }) => ({ id, name, scheduled_for: stamp(from) })),
    headline: document.headline,
    notice: document.notice,
  };
}
