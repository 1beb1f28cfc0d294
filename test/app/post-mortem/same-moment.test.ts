// Lines of one moment that several files have: read by turns, so that what stood above in any file comes before.

import fc from "fast-check";
import { expect, test } from "vitest";
import { inOneOrder } from "../../../src/app/post-mortem/same-moment.ts";

/** The lines as they are read, each where it comes first; checks that each file is read to its end. */
function read(files: readonly (readonly number[])[]): number[] {
  const at = files.map(() => 0);
  const lines: number[] = [];
  for (const run of inOneOrder(files)) {
    const turn = files[run.file]?.slice(at[run.file], (at[run.file] ?? 0) + run.lines) ?? [];
    expect(turn).toHaveLength(run.lines);
    lines.push(...turn);
    at[run.file] = (at[run.file] ?? 0) + run.lines;
  }
  expect(at).toEqual(files.map((file) => file.length));
  return [...new Set(lines)];
}

test("a file that knows what came before has the word", () => {
  expect(
    inOneOrder([
      [3, 4],
      [1, 2, 3, 4, 5],
    ]),
  ).toEqual([
    { file: 1, lines: 5 },
    { file: 0, lines: 2 },
  ]);
});

test("pieces of which none is the whole", () => {
  expect(
    read([
      [5, 6],
      [2, 3, 4, 5],
      [1, 2],
    ]),
  ).toEqual([1, 2, 3, 4, 5, 6]);
});

test("where nothing says which came first, the earlier file has the word, in one turn", () => {
  expect(inOneOrder([[1, 2, 3], [7, 8], []])).toEqual([
    { file: 0, lines: 3 },
    { file: 1, lines: 2 },
  ]);
});

test("a line twice in a file is two lines, and stands between others", () => {
  expect(
    inOneOrder([
      [2, 1, 3],
      [1, 2, 1, 3],
    ]),
  ).toEqual([
    { file: 1, lines: 4 },
    { file: 0, lines: 3 },
  ]);
});

test("files that contradict one another are read nevertheless, the fuller one first", () => {
  expect(
    read([
      [2, 1],
      [1, 2, 3],
    ]),
  ).toEqual([1, 2, 3]);
});

test("whatever some files have of a log: no line comes before one that stands above it", () => {
  const file = fc.subarray(Array.from({ length: 30 }, (_, line) => line));
  fc.assert(
    fc.property(fc.array(file, { maxLength: 5 }), (files) => {
      const place = new Map(read(files).map((line, i) => [line, i]));
      for (const lines of files) {
        const places = lines.map((line) => place.get(line));
        expect(places).toEqual(places.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      }
    }),
  );
});
