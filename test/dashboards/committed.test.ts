import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { drifted, generated } from "../../dashboards/generate.ts";
import { allQueries } from "../../dashboards/queries.ts";
import { catalogue } from "../../src/publishers/prometheus/catalogue.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("the committed dashboard is the generated one", () => {
  expect(generated().size).toBeGreaterThan(0);
  expect(drifted(), "run: node dashboards/generate.ts").toEqual([]);
});

test("dashboards and rules ask only for metrics that exist", () => {
  const names = allQueries().flatMap(({ expression }) => expression.match(/mailtide_\w+/g) ?? []);
  expect(names.length).toBeGreaterThan(40);
  const exist = new Set(Object.keys(catalogue));
  expect(names.filter((name) => !exist.has(name.replace(/_(bucket|sum|count)$/, "")) && !exist.has(name))).toEqual([]);
});

test("panels do not overlap, have a title, and say what they mean", () => {
  for (const text of generated().values()) {
    const { panels } = JSON.parse(text) as {
      panels: {
        id: number;
        type: string;
        title: string;
        description?: string;
        gridPos: Record<"x" | "y" | "w" | "h", number>;
      }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels) {
      expect(title).not.toBe("");
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), `${title} lies on another panel`).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
  }
});

test("every alert has a summary, a description and a runbook that exists", () => {
  const { groups } = parse(read("dashboards/prometheus/rules/mailtide-alerts.yml")) as {
    groups: { rules: { alert: string; annotations: Record<string, string> }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(new Set(rules.map(({ alert }) => alert))).toEqual(
    new Set([
      "MailtideNotObserving",
      "MailBacklogNotDraining",
      "MailExpiringSoon",
      "MailSendersGivingUpSoon",
      "MailDownEighteenHours",
      "MailtideUpdatePromiseDue",
      "MailAddressNotServing",
      "MailCertificateEndsSoon",
      "MailSendersGivingUpSoon",
    ]),
  );
  for (const { alert, annotations } of rules) {
    expect(annotations.summary, alert).toMatch(/\w/);
    expect(annotations.description, alert).toMatch(/\w/);
    const [file = "", anchor = ""] = (annotations.runbook ?? "").split("#");
    const headings = read(file).match(/^## .*/gm) ?? [];
    expect(headings.map((heading) => heading.slice(3).toLowerCase())).toContain(anchor);
  }
});
