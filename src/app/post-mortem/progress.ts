// How far a long look back is, on a terminal.

import { performance } from "node:perf_hooks";

const every = 200;

export class Progress {
  lines = 0;
  readonly #write: ((text: string) => void) | undefined;
  readonly #bytes: () => { readonly total: number; readonly taken: number };
  readonly #began = performance.now();
  #shownAt = performance.now();
  #shown = false;

  /** Without `write` nothing is shown. */
  constructor(write: ((text: string) => void) | undefined, bytes: () => { total: number; taken: number }) {
    this.#write = write;
    this.#bytes = bytes;
  }

  show(): void {
    if (this.#write === undefined) return;
    const now = performance.now();
    if (now - this.#shownAt < every) return;
    this.#shownAt = now;
    this.#shown = true;
    const { total, taken } = this.#bytes();
    const share = total === 0 ? "" : `${Math.floor((100 * taken) / total)} %, `;
    const speed = Math.round(this.lines / ((now - this.#began) / 1000));
    const number = new Intl.NumberFormat("en-US");
    this.#write(`\r\u001b[K${share}${number.format(this.lines)} lines, ${number.format(speed)} a second`);
  }

  end(): void {
    if (this.#shown) this.#write?.("\r\u001b[K");
  }
}
