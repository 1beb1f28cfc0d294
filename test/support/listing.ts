// Queue listings as readable objects, for tests.

import type { ListingReader } from "../../collectors/dialect.ts";
import { queueNames, type SurveyBatch } from "../../src/core/events/survey.ts";
import { bytesOf, textOf } from "../../src/core/events/text.ts";

/** One row of a survey. */
export interface Listed {
  readonly queue: string;
  readonly id: string;
  readonly arrival: number;
  readonly size: number;
  readonly sender: string;
  readonly forced: boolean;
  /** Absent where the listing does not say. */
  readonly nextAttempt?: number;
  readonly recipients: readonly { readonly address: string; readonly reason: string }[];
}

/** The rows of a batch, copied: it is only valid during the call. */
export function listed(batch: SurveyBatch): Listed[] {
  return Array.from({ length: batch.count }, (_, row): Listed => {
    const text = (spans: { start: Int32Array; end: Int32Array }, at: number): string =>
      textOf(batch.bytes, spans.start[at], spans.end[at]);
    const first = batch.firstRecipient[row];
    return {
      queue: queueNames[batch.queue[row]],
      id: text(batch.id, row),
      arrival: batch.arrival[row],
      size: batch.size[row],
      sender: text(batch.sender, row),
      forced: batch.forced[row] === 1,
      ...(Number.isNaN(batch.nextAttempt[row]) ? {} : { nextAttempt: batch.nextAttempt[row] }),
      recipients: Array.from({ length: batch.recipientCount[row] }, (_, i) => ({
        address: text(batch.recipient, first + i),
        reason: text(batch.reason, first + i),
      })),
    };
  });
}

/** Reads a whole listing given in pieces of `pieceSize` bytes. */
export function readListing(
  reader: ListingReader,
  listing: Uint8Array | string,
  pieceSize = 65_536,
): { rows: Listed[]; malformed: number; batches: number } {
  const bytes = typeof listing === "string" ? bytesOf(listing) : listing;
  const answer = { rows: [] as Listed[], malformed: 0, batches: 0 };
  const hand = (batch: SurveyBatch): void => {
    answer.rows.push(...listed(batch));
    answer.malformed += batch.malformed;
    answer.batches++;
  };
  for (let at = 0; at < bytes.length; at += pieceSize) reader.push(bytes.subarray(at, at + pieceSize), hand);
  reader.end(hand);
  return answer;
}

/** A sample of the Postfix dialect. */
export function postfixSample(name: string): URL {
  return new URL(`../../collectors/dialects/postfix/samples/${name}`, import.meta.url);
}
