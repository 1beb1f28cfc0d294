// What a lookout knows as Prometheus series. It is a program of its own, without the report that publishers get.

import type { DoorCounts } from "../../collectors/lookout/listener.ts";
import type { LookoutReport } from "../../collectors/lookout/lookout.ts";
import type { Instant } from "../core/time.ts";

/** Names, kinds and meanings; docs/metrics.md says the same. */
export const lookoutCatalogue = {
  mailtide_lookout_held_messages: ["gauge", "messages that senders hold for us, as far as they came to the lookout"],
  mailtide_lookout_held_messages_at_most: [
    "gauge",
    "the same if all that cannot be told apart are messages of their own",
  ],
  mailtide_lookout_tried_again_messages: ["gauge", "those of them that were offered more than once"],
  mailtide_lookout_seen_messages_total: ["counter", "messages offered for the first time"],
  mailtide_lookout_attempts_total: ["counter", "messages offered and sent away, each time counted"],
  mailtide_lookout_returned_messages_total: ["counter", "held messages that our mail server has taken since"],
  mailtide_lookout_given_up_messages_total: ["counter", "held messages that were not back when patience was over"],
  mailtide_lookout_forgotten_messages_total: ["counter", "held messages dropped because memory is bounded"],
  mailtide_lookout_networks: ["gauge", "networks that hold messages for us"],
  mailtide_lookout_oldest_timestamp_seconds: [
    "gauge",
    "first offer of the message held longest; absent if none is held",
  ],
  mailtide_lookout_newest_timestamp_seconds: ["gauge", "last offer of a message still held; absent if none is held"],
  mailtide_lookout_connections_total: ["counter", "connections since the lookout started"],
  mailtide_lookout_unwritten_lines: ["gauge", "lines that could not be written to the present journal"],
  mailtide_lookout_told_timestamp_seconds: [
    "gauge",
    "when mailtide on the mail host last answered; absent if it never did",
  ],
  mailtide_lookout_over_limit_total: ["counter", "connections since then that were turned away with 421 for a limit"],
} as const satisfies Readonly<Record<`mailtide_lookout_${string}`, readonly ["gauge" | "counter", string]>>;

type Name = keyof typeof lookoutCatalogue;

/** The text format 0.0.4. */
export function lookoutMetrics(
  { messages, attempts, networks }: LookoutReport,
  door: Readonly<DoorCounts>,
  { unwritten, told }: { readonly unwritten: number; readonly told: Instant | undefined },
): string {
  const values: Readonly<Record<Name, number | undefined>> = {
    mailtide_lookout_held_messages: messages.held,
    mailtide_lookout_held_messages_at_most: messages.heldAtMost,
    mailtide_lookout_tried_again_messages: messages.triedAgain,
    mailtide_lookout_seen_messages_total: messages.seen,
    mailtide_lookout_attempts_total: attempts,
    mailtide_lookout_returned_messages_total: messages.returned,
    mailtide_lookout_given_up_messages_total: messages.givenUp,
    mailtide_lookout_forgotten_messages_total: messages.forgotten,
    mailtide_lookout_networks: networks,
    mailtide_lookout_oldest_timestamp_seconds: messages.oldest === undefined ? undefined : messages.oldest / 1000,
    mailtide_lookout_newest_timestamp_seconds: messages.newest === undefined ? undefined : messages.newest / 1000,
    mailtide_lookout_connections_total: door.connections,
    mailtide_lookout_unwritten_lines: unwritten,
    mailtide_lookout_told_timestamp_seconds: told === undefined ? undefined : told / 1000,
    mailtide_lookout_over_limit_total: door.overLimit,
  };
  let text = "";
  for (const name of Object.keys(lookoutCatalogue) as Name[]) {
    const [kind, meaning] = lookoutCatalogue[name];
    text += `# HELP ${name} ${meaning}\n# TYPE ${name} ${kind}\n`;
    if (values[name] !== undefined) text += `${name} ${values[name]}\n`;
  }
  return text;
}
