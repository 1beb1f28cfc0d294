// What our own log says of mail that came in, as marks: sender, recipient, and the network it came from.

import type { EventBatch } from "../../src/core/events/batch.ts";
import { EventKind } from "../../src/core/events/kinds.ts";
import { textOf } from "../../src/core/events/text.ts";
import type { Instant } from "../../src/core/time.ts";
import { domainOf, type Mark, type Marker, networkOf } from "./marks.ts";
import type { Return } from "./returns.ts";

/** What is known of a message until its recipients have all been named. */
interface Coming {
  origins: readonly Mark[];
  sender: string | undefined;
  at: Instant;
  readonly told: Set<Mark>;
}

/** Messages that are on their way through our own server, for a checkpoint. */
export type SavedArrivals = readonly (readonly [string, readonly Mark[], string | null, Instant, readonly Mark[]])[];

/**
 * Puts together what a log says in several lines: who connected (`offered`), the sender (`accepted`), and each recipient
 * at its first outcome, under the address that was asked for before any alias. Mail without a client is our own.
 */
export class Arrivals {
  private readonly mark: Marker;
  private readonly coming = new Map<string, Coming>();
  private readonly most: number;

  constructor(mark: Marker, most = 20_000) {
    this.mark = mark;
    this.most = most;
  }

  /** Reads a batch; `hand` gets one return a recipient. */
  read(batch: EventBatch, hand: (one: Return) => void): void {
    const text = (span: { readonly start: Int32Array; readonly end: Int32Array }, row: number): string =>
      textOf(batch.bytes, span.start[row], span.end[row]);
    for (let row = 0; row < batch.count; row++) {
      const kind = batch.kind[row];
      const id = `${batch.instance[row]} ${text(batch.id, row)}`;
      if (kind === EventKind.offered) {
        const [, name = "", address = ""] = /^([^[]*)\[([^\]]*)\]/.exec(text(batch.detail, row)) ?? [];
        this.begin(id, name, address, batch.time[row]);
        continue;
      }
      const message = this.coming.get(id);
      if (message === undefined) continue;
      if (kind === EventKind.accepted) message.sender ??= text(batch.sender, row);
      else if (kind === EventKind.removed || kind === EventKind.deleted) this.coming.delete(id);
      else if (kind === EventKind.delivered || kind === EventKind.deferred || kind === EventKind.bounced) {
        const recipient = this.mark("recipient", text(batch.original, row) || text(batch.recipient, row));
        if (message.sender === undefined || message.told.has(recipient)) continue;
        message.told.add(recipient);
        const sender = this.mark("sender", message.sender);
        hand({ sender, recipient, origins: message.origins, at: message.at });
      }
    }
  }

  save(): SavedArrivals {
    return [...this.coming].map(([id, { origins, sender, at, told }]) => [id, origins, sender ?? null, at, [...told]]);
  }

  /** Takes up what `save` answered. Throws on what is not its writing. */
  restore(saved: SavedArrivals): void {
    for (const [id, origins, sender, at, told] of saved) {
      this.coming.set(id, { origins, sender: sender ?? undefined, at, told: new Set(told) });
    }
  }

  private begin(id: string, name: string, address: string, at: Instant): void {
    const network = networkOf(address);
    const domain = domainOf(name);
    const origins: Mark[] = [];
    if (network !== "") origins.push(this.mark("network", network));
    if (domain !== "") origins.push(this.mark("domain", domain));
    this.coming.delete(id);
    // Written on the machine itself: it was never held elsewhere.
    if (origins.length === 0) return;
    this.coming.set(id, { origins, sender: undefined, at, told: new Set() });
    if (this.coming.size <= this.most) return;
    for (const oldest of this.coming.keys()) {
      this.coming.delete(oldest);
      break;
    }
  }
}
