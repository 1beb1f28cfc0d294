// A wire within one program: for tests, and for a collector that runs where mailtide runs.

import type { Delivery, Inlet, Outlet, Wire } from "../wire.ts";

export default {
  name: "memory",
  async open() {
    const kept: Uint8Array[] = [];
    let wake: (() => void) | undefined;
    let closed = false;
    const shut = async (): Promise<void> => {
      closed = true;
      wake?.();
    };
    const outlet: Outlet = {
      async send(batch) {
        if (closed) throw new Error("the wire is closed");
        // The sender may fill its bytes anew.
        kept.push(batch.slice());
        wake?.();
      },
      close: shut,
    };
    const inlet: Inlet = {
      async *batches(): AsyncGenerator<Delivery> {
        let next = 0;
        while (true) {
          const batch = kept[next];
          if (batch !== undefined) {
            next++;
            const acknowledge = async (): Promise<void> => {
              const at = kept.indexOf(batch);
              if (at < 0) return;
              kept.splice(at, 1);
              next--;
            };
            yield { batch, acknowledge };
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
