// Widening of columns.

type Column =
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A longer column of the same kind that begins with the numbers of `from`. */
export function widened<T extends Column>(from: T, length: number): T {
  const to = new (from.constructor as new (length: number) => T)(length);
  (to.set as (values: T) => void)(from);
  return to;
}
