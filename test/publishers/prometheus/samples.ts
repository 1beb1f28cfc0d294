// Reads the text format back, for tests: name and labels to value.

/** Every sample of an exposition as `name{labels}` to its value, and the types declared. */
export function readSamples(text: string): { samples: Map<string, number>; types: Map<string, string> } {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name = "", type = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== "") types.set(name, type);
    if (line === "" || line.startsWith("#")) continue;
    const cut = line.lastIndexOf(" ");
    const series = line.slice(0, cut);
    if (samples.has(series)) throw new Error(`twice: ${series}`);
    samples.set(series, Number(line.slice(cut + 1)));
  }
  return { samples, types };
}

/** Metric name of a series, without what a histogram adds to it. */
export function familyOf(series: string, types: ReadonlyMap<string, string>): string {
  const name = series.replace(/\{.*$/s, "");
  const bare = name.replace(/_(bucket|sum|count)$/, "");
  return types.get(bare) === "histogram" ? bare : name;
}

/** Series of a metric, as `{labels}` to value, without labels that every series carries. */
export function seriesOf(text: string, metric: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [series, value] of readSamples(text).samples) {
    if (!series.startsWith(`${metric}{`)) continue;
    found[series.slice(metric.length).replace(/,?mta="[^"]*"/, "")] = value;
  }
  return found;
}
