// Reads the first column of the tables of a guide: what it says exists.

/** What the first cell of each table row names in backticks; several names may share a cell. */
export function documentedNames(markdown: string): string[] {
  const names: string[] = [];
  for (const line of markdown.split("\n")) {
    const cell = /^\|([^|]*)\|/.exec(line)?.[1] ?? "";
    for (const [, name = ""] of cell.matchAll(/`([^`{]+)(?:\{[^`]*\})?`/g)) names.push(name);
  }
  return names;
}

/** What is in one list and not in the other, said as what to do about it. */
export function differences(exists: readonly string[], documented: readonly string[]): string[] {
  return [
    ...exists.filter((name) => !documented.includes(name)).map((name) => `${name} exists and is not documented`),
    ...documented.filter((name) => !exists.includes(name)).map((name) => `${name} is documented and does not exist`),
    ...documented.filter((name, at) => documented.indexOf(name) !== at).map((name) => `${name} is documented twice`),
  ];
}
