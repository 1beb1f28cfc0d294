// Lookouts as `mailtide serve` hears them: over a wire from other hosts, or from one that runs within.

import { setInterval, setTimeout as sleep } from "node:timers/promises";
import { markerWith, readOrMakeKey, wireSecret } from "../../collectors/lookout/marks.ts";
import type { EventBatch } from "../core/events/batch.ts";
import type { Lookouts } from "../core/retries/senders/lookouts.ts";
import { SECOND } from "../core/time.ts";
import type { Inlet } from "../wire/wire.ts";
import { now } from "./clock.ts";
import type { Config } from "./config.ts";
import { openWire } from "./discover.ts";
import { type Door, keyIn, openDoor } from "./lookout-door.ts";
import { LookoutEar } from "./lookout-ear.ts";

/** Name of the part of a checkpoint that this keeps. */
export const lookoutPart = "lookout";

export interface Hearing {
  /** Takes in what a log said, after the observation has. */
  record(batch: EventBatch): void;
  /** For the checkpoint that holds what was recorded. */
  save(): Uint8Array;
  /** That checkpoint is safe. */
  committed(): void;
  close(): Promise<void>;
}

export interface HearingOptions {
  readonly lookouts: Lookouts;
  /** What a checkpoint kept. */
  readonly kept: Uint8Array | undefined;
  /** Whether there are checkpoints; without them what was read is told at once. */
  readonly checkpoints: boolean;
  complain(trouble: unknown): void;
}

/** Hears lookouts from now on; `undefined` if `lookout.wire` names no wire. Throws a Fault if it cannot begin. */
export async function hearLookouts(config: Config, options: HearingOptions): Promise<Hearing | undefined> {
  const place = config.lookout.wire;
  if (place === undefined) return undefined;
  const key = readOrMakeKey(keyIn(config));
  const { outlet, inlet } = await openWire(place, wireSecret(key));
  const ear = new LookoutEar(markerWith(key), options.kept);
  const door = place === "memory" ? await openDoor(config, key, outlet, options.complain) : undefined;
  const ending = new AbortController();
  const doing = [hear(inlet, ear, options, ending.signal)];
  if (door !== undefined) doing.push(keep(door, options, ending.signal));
  return {
    record: (batch) => ear.record(batch),
    save: () => ear.save(),
    committed: () => ear.committed(),
    async close() {
      ending.abort();
      await door?.close();
      await inlet.close();
      await Promise.all(doing);
    },
  };
}

async function hear(inlet: Inlet, ear: LookoutEar, options: HearingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { batch, acknowledge } of inlet.batches()) {
        if (!options.checkpoints) ear.committed();
        await acknowledge(ear.answer(batch, options.lookouts, now()));
      }
    } catch (error) {
      options.complain(error);
    }
    // The address may be free again soon.
    await sleep(30 * SECOND, undefined, { signal }).catch(() => undefined);
  }
}

async function keep(door: Door, options: HearingOptions, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(SECOND, undefined, { signal })) {
      await door.round().catch((error: unknown) => options.complain(error));
    }
  } catch {
    // Ended by the signal: that is what it is for.
  }
}
