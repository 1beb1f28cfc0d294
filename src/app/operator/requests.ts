// What a request to the operator's API may say, and the act that it means.

import { z } from "zod";
import type { Act } from "../../core/status/incidents/acts.ts";
import { componentStates, incidentStatuses } from "../../core/status/incidents/incident.ts";

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
// Lengths are checked again, and texts cleaned, where they become part of the book.
const text = z.string().max(4000);
const title = z.string().max(400);
const componentId = z.string().max(31);
const states = z.record(componentId, z.enum(componentStates)).refine((given) => Object.keys(given).length <= 50);
const status = z.enum(incidentStatuses).exclude(["resolved"]);
const components = z.array(componentId).max(50);

/** Bodies by what they are for. A key that is none of these is an error. */
export const bodies = {
  open: z.strictObject({
    title,
    text: text.default(""),
    status: status.optional(),
    components: states.optional(),
    nextBy: moment.optional(),
    began: moment.optional(),
  }),
  update: z.strictObject({
    text,
    title: title.optional(),
    status: status.optional(),
    components: states.optional(),
    nextBy: moment.optional(),
  }),
  words: z.strictObject({ text: text.default("") }).default({ text: "" }),
  window: z.strictObject({
    title: title.default(""),
    text: text.default(""),
    from: moment,
    to: moment,
    components: components.optional(),
  }),
  rule: z.strictObject({
    title: title.default(""),
    text: text.default(""),
    cron: z.string().max(100),
    zone: z.string().max(60),
    /** Minutes. */
    minutes: z.number().positive().max(20_160),
    components: components.optional(),
  }),
  hole: z.strictObject({ from: moment, to: moment }),
  component: z.strictObject({ state: z.enum(componentStates) }),
} as const;

/** Acts as requests, for the command line: where each goes and what it says. */
export function requestOf(act: Act): { readonly method: "POST" | "PUT"; readonly path: string; readonly body: object } {
  const at = (time: number | undefined): string | undefined =>
    time === undefined ? undefined : new Date(time).toISOString();
  switch (act.act) {
    case "incident-open": {
      const { act: _, nextBy, began, ...rest } = act;
      return { method: "POST", path: "incidents", body: { ...rest, nextBy: at(nextBy), began: at(began) } };
    }
    case "incident-update": {
      const { act: _, incident, nextBy, ...rest } = act;
      return { method: "POST", path: `incidents/${incident}/updates`, body: { ...rest, nextBy: at(nextBy) } };
    }
    case "incident-resolve":
      return { method: "POST", path: `incidents/${act.incident}/resolve`, body: { text: act.text } };
    case "maintenance-add": {
      const { act: _, from, to, ...rest } = act;
      return { method: "POST", path: "maintenance", body: { ...rest, from: at(from), to: at(to) } };
    }
    case "maintenance-repeat": {
      const { act: _, lasts, ...rest } = act;
      return { method: "POST", path: "maintenance/rules", body: { ...rest, minutes: lasts / 60_000 } };
    }
    case "maintenance-cancel":
      return { method: "POST", path: `maintenance/${act.id}/cancel`, body: { text: act.text } };
    case "restore-hole":
      return { method: "POST", path: "restore-holes", body: { from: at(act.from), to: at(act.to) } };
    case "component":
      return { method: "PUT", path: `components/${act.component}`, body: { state: act.state } };
    default:
      throw new Error("windows are planned by the server alone");
  }
}
