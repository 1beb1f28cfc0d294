// A wire within one program: for tests, and for a collector that runs where mailtide runs.

import { Fault } from "../../core/fault.ts";
import type { Delivery, Inlet, Outlet, Wire } from "../wire.ts";

interface Kept {
  readonly batch: Uint8Array;
  readonly done: (answer: Uint8Array | undefined) => void;
  readonly failed: (why: Fault) => void;
}

export default {
  name: "memory",
  open() {
    const kept: Kept[] = [];
    let wake: (() => void) | undefined;
    let closed = false;
    const shut = async (): Promise<void> => {
      closed = true;
      for (const { failed } of kept.splice(0)) failed(closedFault());
      wake?.();
    };
    const outlet: Outlet = {
      send(batch) {
        if (closed) return Promise.reject(closedFault());
        return new Promise((done, failed) => {
          // The sender may fill its bytes anew.
          kept.push({ batch: batch.slice(), done, failed });
          wake?.();
        });
      },
      close: shut,
    };
    const inlet: Inlet = {
      async *batches(): AsyncGenerator<Delivery> {
        let next = 0;
        while (true) {
          const one = kept[next];
          if (one !== undefined) {
            next++;
            const acknowledge = async (answer?: Uint8Array): Promise<void> => {
              const at = kept.indexOf(one);
              if (at < 0) return;
              kept.splice(at, 1);
              next--;
              one.done(answer);
            };
            yield { batch: one.batch, acknowledge };
          } else if (closed) return;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      },
      close: shut,
    };
    return { outlet, inlet };
  },
} satisfies Wire;

function closedFault(): Fault {
  return new Fault("wire-failed", "the wire is closed", "mailtide is ending; nothing is to be done.");
}
