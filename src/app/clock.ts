// The one clock of the program, and waiting that can be ended.

import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../core/time.ts";

export interface Stop {
  readonly signal: AbortSignal;
  stopped(): boolean;
  wait(milliseconds: number): Promise<void>;
}

/** Now, in milliseconds since 1970. */
export function now(): Instant {
  return Date.now();
}

/** Stops on SIGINT and SIGTERM, once; a second signal ends the process at once. */
export function stopOnSignals(): Stop {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return {
    signal: controller.signal,
    stopped: () => controller.signal.aborted,
    async wait(milliseconds) {
      try {
        await sleep(milliseconds, undefined, { signal: controller.signal });
      } catch {
        // Ended by a signal: that is what it is for.
      }
    },
  };
}
