// The contract of a wire: how a collector on one host hands what it saw to mailtide on another, and hears an answer.
//
// A wire is a folder in this one whose index.ts default-exports one value that ends in `satisfies Wire`.
// It carries bytes and does not look into them.

/** The end that a collector holds. */
export interface Outlet {
  /**
   * Resolves when the batch is safe on the other side, with what that side said to it, if anything. Whoever sends keeps
   * the batch until then, and sends it again after trouble. Rejects with `Fault("wire-failed")`.
   */
  send(batch: Uint8Array): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** One batch as it arrived. */
export interface Delivery {
  readonly batch: Uint8Array;
  /** It is kept on this side now: the wire may forget it, and takes an answer along. */
  acknowledge(answer?: Uint8Array): Promise<void>;
}

/** The end that mailtide holds. */
export interface Inlet {
  /**
   * Batches in the order in which they were sent, until the inlet is closed. What was not acknowledged comes again from
   * the next call: the same batch may come twice, and a batch never comes not at all. Throws `Fault("listen-failed")`
   * where it has to listen and cannot.
   */
  batches(): AsyncIterable<Delivery>;
  close(): Promise<void>;
}

/** One way to carry. */
export interface Wire {
  /** Name of its folder, and the scheme of its places. */
  readonly name: string;
  /**
   * Both ends of the wire to a place; each side uses its own, and nothing is opened before it does. Whoever does not
   * have the secret can neither send nor answer.
   */
  open(place: string, secret: Uint8Array): { readonly outlet: Outlet; readonly inlet: Inlet };
}
