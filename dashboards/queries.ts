// Every query that the dashboards and the alert rules ask of Prometheus, read from the committed files.

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

export interface Query {
  /** Where it stands: panel or alert. */
  readonly from: string;
  readonly expression: string;
  /** `data`: it has to return data. `valid`: an alert, which is quiet when all is well. */
  readonly must: "data" | "valid";
}

const dashboardSchema = z.object({
  title: z.string(),
  panels: z.array(
    z.object({ title: z.string().optional(), targets: z.array(z.object({ expr: z.string() })).optional() }),
  ),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.unknown().optional() })) }),
});

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

/** Replaces what Grafana fills in. */
function filled(expression: string): string {
  return expression
    .replaceAll("$__rate_interval", "5m")
    .replaceAll("$__interval", "1m")
    .replaceAll("$__range", "1h")
    .replaceAll("$instance", ".*");
}

/** The queries of a dashboard, those of its variables included. */
export function dashboardQueries(file: URL): Query[] {
  const { title, panels, templating } = dashboardSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const found: Query[] = [];
  for (const panel of panels) {
    for (const { expr } of panel.targets ?? []) {
      found.push({ from: `${title}: ${panel.title ?? "untitled"}`, expression: filled(expr), must: "data" });
    }
  }
  for (const { name, query } of templating.list) {
    const [, metric, label] = /^label_values\((.*), *(\w+)\)$/.exec(typeof query === "string" ? query : "") ?? [];
    if (metric === undefined) continue;
    found.push({ from: `${title}: variable ${name}`, expression: `count by (${label}) (${metric})`, must: "data" });
  }
  return found;
}

/** The alerts as they are, and each of the series that they rest on: these have to be there. */
export function ruleQueries(file: URL): Query[] {
  const { groups } = rulesSchema.parse(parse(readFileSync(file, "utf8")));
  const found: Query[] = [];
  for (const { alert, expr } of groups.flatMap((group) => group.rules)) {
    found.push({ from: alert, expression: expr, must: "valid" });
    for (const selector of new Set(expr.match(/\b(?:mailtide_\w+|up)(?:\{[^}]*\})?(?![\w(])/g) ?? [])) {
      found.push({ from: `${alert}: ${selector}`, expression: selector, must: "data" });
    }
  }
  return found;
}

/** All of them. */
export function allQueries(): Query[] {
  return [
    ...dashboardQueries(new URL("./grafana/drain.json", import.meta.url)),
    ...ruleQueries(new URL("./prometheus/rules/mailtide-alerts.yml", import.meta.url)),
  ];
}
