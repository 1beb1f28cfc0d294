// What a lookout tells mailtide on the mail host, and what it hears in return, as bytes for the wire.

import { z } from "zod";
import type { Return } from "../../collectors/lookout/returns.ts";
import type { LookoutSighting } from "../core/retries/senders/lookouts.ts";

/** All that a lookout counted, and how far it has heard what our mail server took. */
export interface Despatch {
  readonly sighting: LookoutSighting;
  readonly heard: { readonly stream: string; readonly number: number };
}

/** What our mail server took, numbered from `first` on in the count that `stream` names. */
export interface Answer {
  readonly stream: string;
  readonly first: number;
  readonly returns: readonly Return[];
}

/** Returns in one answer. */
export const mostReturns = 2000;

const mark = z.string().regex(/^[0-9a-f]{16}$/);
const id = z.string().max(64);
const moment = z.number().min(0).max(8.64e15);
const count = z.int().min(0);
const span = z.number().min(0);

const despatchSchema = z.strictObject({
  version: z.literal(1),
  sighting: z.strictObject({
    lookout: id,
    at: moment,
    watching: moment,
    cohorts: z
      .array(z.strictObject({ from: moment, held: count, heldAtMost: count, returned: count, silent: count }))
      .max(5000),
    byClass: z.record(
      z.string().max(64),
      z.strictObject({
        held: count,
        waits: z.array(z.strictObject({ attempt: count, count, shortest: span, mean: span, longest: span })).max(100),
      }),
    ),
  }),
  heard: z.strictObject({ stream: id, number: count }),
});

const answerSchema = z.strictObject({
  version: z.literal(1),
  stream: id,
  first: count,
  returns: z
    .array(z.strictObject({ at: moment, sender: mark, recipient: mark, origins: z.array(mark).max(4) }))
    .max(mostReturns),
});

export function encodeDespatch(despatch: Despatch): Uint8Array {
  return bytesOf({ version: 1, ...despatch });
}

/** The despatch in some bytes; `undefined` if they are none. */
export function decodeDespatch(bytes: Uint8Array): Despatch | undefined {
  const found = read(bytes, despatchSchema);
  return found === undefined ? undefined : { sighting: found.sighting, heard: found.heard };
}

export function encodeAnswer(answer: Answer): Uint8Array {
  return bytesOf({ version: 1, ...answer });
}

/** The answer in some bytes; `undefined` if they are none. */
export function decodeAnswer(bytes: Uint8Array): Answer | undefined {
  const found = read(bytes, answerSchema);
  return found === undefined ? undefined : { stream: found.stream, first: found.first, returns: found.returns };
}

function bytesOf(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function read<T>(bytes: Uint8Array, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
