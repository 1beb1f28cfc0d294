// Samples as text, in either of the two formats that scrapers ask for.
//
// A registry a scrape: the truth is the report, which is complete each time, and prom-client renames counters
// for good when it writes OpenMetrics, so a registry cannot serve both formats.

import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from "prom-client";
import type { HistogramView } from "../../core/report.ts";
import { catalogue, type MetricName } from "./catalogue.ts";
import type { Sample, Samples } from "./gather.ts";

export type MetricsFormat = "text" | "openmetrics";

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** The answer to a scrape. `everywhere` are labels of every series. */
export async function exposition(
  samples: Samples,
  everywhere: Readonly<Record<string, string>>,
  format: MetricsFormat,
): Promise<Exposition> {
  const registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
  registry.setContentType(format === "text" ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE);
  registry.setDefaultLabels({ ...everywhere });
  for (const name of Object.keys(catalogue) as MetricName[]) {
    const own = samples.get(name);
    if (own !== undefined) register(registry as Registry<PrometheusContentType>, name, own);
  }
  return { contentType: registry.contentType, body: await registry.metrics() };
}

function register(registry: Registry, name: MetricName, samples: readonly Sample[]): void {
  const { kind, help, labels } = catalogue[name];
  const configuration = { name, help, labelNames: [...labels] as string[], registers: [registry] };
  if (kind === "histogram") {
    const histogram = new Histogram(configuration);
    // prom-client fills histograms by observing; ours is counted already.
    const values = samples.flatMap((sample) => cumulative(name, sample));
    const whole = async () => ({ name, help, type: "histogram", aggregator: "sum", values });
    Object.assign(histogram, { get: whole, getForPromString: whole });
    return;
  }
  const metric = kind === "counter" ? new Counter(configuration) : new Gauge(configuration);
  for (const { labels: own, value } of samples) if (typeof value === "number") metric.inc({ ...own }, value);
}

/** The cumulative buckets, sum and count of a histogram. */
function cumulative(name: string, { labels, value }: Sample) {
  if (typeof value === "number") return [];
  const { bounds, counts, sum }: HistogramView = value;
  let count = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    count += counts[i] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound);
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** Which format an `Accept` header prefers; text unless OpenMetrics 1.x is asked for at least as strongly. */
export function formatFor(accept: string | undefined): MetricsFormat {
  let openmetrics = 0;
  let text = 0;
  for (const range of (accept ?? "").toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const parameter = (name: string) => parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
    const given = Number(parameter("q") ?? "1");
    const q = Number.isFinite(given) ? given : 0;
    const version = parameter("version") ?? "1.0.0";
    if (type === "application/openmetrics-text" && /^1(\.|$)/.test(version)) openmetrics = Math.max(openmetrics, q);
    else if (type === "text/plain") text = Math.max(text, q);
  }
  return openmetrics > 0 && openmetrics >= text ? "openmetrics" : "text";
}
