// Asks every query of the dashboards and the rules of a real Prometheus that holds given metrics.

import { backfill, type MetricsSample, startPrometheus } from "./prometheus.ts";
import { allQueries, type Query } from "./queries.ts";

export interface QueryResult extends Query {
  readonly ok: boolean;
  /** Series with at least one number in them. */
  readonly series: number;
  /** What Prometheus said against it; empty if nothing. */
  readonly fault: string;
}

/** One result a query, for metrics in the order of their times. `/metrics` in either format will do. */
export async function checkQueries(
  samples: readonly MetricsSample[],
  queries: readonly Query[] = allQueries(),
): Promise<QueryResult[]> {
  const first = samples[0]?.at ?? 0;
  const last = samples.at(-1)?.at ?? first;
  const prometheus = await startPrometheus({ prepare: (storage) => backfill(storage, samples) });
  try {
    const results: QueryResult[] = [];
    // At most some hundred steps, and never so far apart that a short stretch falls between two.
    const step = Math.max(1000, Math.ceil((last - first) / 500));
    for (const query of queries) {
      try {
        const found = await prometheus.range(query.expression, first, last, step);
        const series = found.filter(({ points }) => points.some(([, value]) => !Number.isNaN(value))).length;
        results.push({ ...query, series, fault: "", ok: series > 0 || query.must === "valid" });
      } catch (error) {
        results.push({ ...query, series: 0, fault: error instanceof Error ? error.message : String(error), ok: false });
      }
    }
    return results;
  } finally {
    await prometheus.stop();
  }
}

/** `53 of 53 queries return data`, and a line for each that does not. */
export function summary(results: readonly QueryResult[]): string {
  const asked = results.filter(({ must }) => must === "data");
  const bad = results.filter(({ ok }) => !ok);
  const head = `${asked.filter(({ ok }) => ok).length} of ${asked.length} queries return data`;
  return [head, ...bad.map(({ from, expression, fault }) => `  ${from}: ${fault || "no data"}: ${expression}`)].join(
    "\n",
  );
}
