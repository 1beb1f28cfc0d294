// Reads gzip and zstd piece by piece, also when the file is cut off or damaged: what came before the damage is kept.

import { createGunzip, createZstdDecompress } from "node:zlib";

export type Packing = "none" | "gzip" | "zstd";

// Small, because one piece of input may grow a thousandfold.
const INPUT = 16 * 1024;
const OUTPUT = 64 * 1024;

/** Recognises compression by the first bytes of a file, whatever its name. */
export function packingOf(first: Uint8Array): Packing {
  if (first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b) return "gzip";
  if (first.length >= 4 && first[0] === 0x28 && first[1] === 0xb5 && first[2] === 0x2f && first[3] === 0xfd) {
    return "zstd";
  }
  return "none";
}

/**
 * Yields what the packed bytes contain. `more` writes the next packed bytes into the buffer and answers how many, 0 at the
 * end. Throws at damage, after all that could be read was yielded.
 */
export async function* unpack(packing: Packing, more: (into: Uint8Array) => number): AsyncGenerator<Buffer, void> {
  const engine = packing === "gzip" ? createGunzip({ chunkSize: OUTPUT }) : createZstdDecompress({ chunkSize: OUTPUT });
  let out: Buffer[] = [];
  let damage: unknown;
  let wake = (): void => {};
  engine.on("data", (piece: Buffer) => out.push(piece));
  engine.on("error", (error) => {
    damage = error;
    wake();
  });
  engine.on("end", () => wake());
  const settled = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      start(resolve);
    });
  try {
    for (;;) {
      const input = Buffer.allocUnsafe(INPUT);
      const count = more(input);
      if (count === 0) await settled(() => engine.end());
      else await settled((done) => engine.write(input.subarray(0, count), done));
      const pieces = out;
      out = [];
      for (const piece of pieces) yield piece;
      if (damage !== undefined) throw damage;
      if (count === 0 || engine.readableEnded) return;
    }
  } finally {
    engine.destroy();
  }
}
