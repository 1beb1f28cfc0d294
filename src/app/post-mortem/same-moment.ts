// Lines that bear one stamp and lie in several files, in an order that contradicts none of the files.
//
// A stamp says the second, and a message comes and goes within one. A file that begins in the midst of a second, or that
// has only some of its lines, does not know what came before them: whoever does has the word.

/** So many lines of one file that follow one another. */
export interface Run {
  /** The place of the file among those that were given. */
  readonly file: number;
  readonly lines: number;
}

/**
 * How to read the files by turns: each from its beginning to its end, and no line before one that stands above it in any of
 * them. A line is a number that is the same in all files; one that a file has twice is two lines. Where the files leave it
 * open, whoever has the word goes on, then the first of them; where they contradict one another, the one with most left.
 */
export function inOneOrder(files: readonly (readonly number[])[]): Run[] {
  // Copies agree, and are the usual case.
  if (files.every((lines) => isSame(lines, files[0])))
    return files.map(({ length }, file) => ({ file, lines: length }));
  const { lines, holders } = numbered(files);
  const at = lines.map(() => 0);
  const given = lines.map(() => 0);
  const done = new Uint8Array(holders.length);
  /** In how many files a line is the next one. */
  const next = new Int32Array(holders.length);
  const runs: { file: number; lines: number }[] = [];

  const stepOn = (file: number): void => {
    const own = lines[file];
    while (at[file] < own.length && done[own[at[file]]] === 1) at[file]++;
    if (at[file] < own.length) next[own[at[file]]]++;
  };
  // What another file has said already is read when the file has its turn anyway: short turns cost most.
  const give = (file: number, to: number): void => {
    const last = runs.at(-1);
    const count = to - given[file];
    given[file] = to;
    if (last?.file === file) last.lines += count;
    else if (count > 0) runs.push({ file, lines: count });
  };

  for (let file = 0; file < lines.length; file++) stepOn(file);
  let speaker = -1;
  const isFree = (file: number): boolean => {
    const line = lines[file][at[file]];
    return at[file] < lines[file].length && next[line] === holders[line];
  };
  for (;;) {
    if (speaker < 0 || !isFree(speaker)) speaker = lines.findIndex((_, file) => isFree(file));
    if (speaker < 0) {
      let most = 0;
      for (let file = 0; file < lines.length; file++) {
        const left = lines[file].length - at[file];
        if (left > most) speaker = file;
        most = Math.max(most, left);
      }
      if (most === 0) break;
    }
    const line = lines[speaker][at[speaker]];
    give(speaker, at[speaker] + 1);
    done[line] = 1;
    for (let file = 0; file < lines.length; file++) if (lines[file][at[file]] === line) stepOn(file);
  }
  for (let file = 0; file < lines.length; file++) give(file, lines[file].length);
  return runs;
}

function isSame(lines: readonly number[], others: readonly number[]): boolean {
  return lines.length === others.length && lines.every((line, i) => line === others[i]);
}

/** The lines counted from 0, a file's second of the same kind apart from its first; and how many files have each. */
function numbered(files: readonly (readonly number[])[]): { lines: number[][]; holders: number[] } {
  const known = new Map<number, number[]>();
  const holders: number[] = [];
  const lines = files.map((file) => {
    const seen = new Map<number, number>();
    return file.map((line) => {
      const nth = seen.get(line) ?? 0;
      seen.set(line, nth + 1);
      const twins = known.get(line) ?? [];
      if (twins.length === 0) known.set(line, twins);
      if (nth === twins.length) twins.push(holders.push(0) - 1);
      holders[twins[nth]]++;
      return twins[nth];
    });
  });
  return { lines, holders };
}
