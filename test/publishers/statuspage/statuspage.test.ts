// Programs that know Statuspage read us unchanged, and never read that something works which cannot be seen.

import { afterEach, expect, test } from "vitest";
import type { ComponentState } from "../../../src/core/status/incidents/incident.ts";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import { phases } from "../../../src/core/status/status.ts";
import { MINUTE } from "../../../src/core/time.ts";
import statuspage from "../../../src/publishers/statuspage/index.ts";
import {
  documentAt,
  incident,
  plannedWork,
  publicDocument,
  quietDocument,
  reportWith,
} from "../../support/public-news.ts";
import { outageReport, outageStart } from "../../support/report.ts";
import { openSite, type Site } from "../../support/site.ts";
import { schemas } from "./schema.ts";

type Address = keyof typeof schemas;
const addresses = Object.keys(schemas) as Address[];

let site: Site | undefined;
afterEach(async () => {
  await site?.web.close();
  site = undefined;
});

async function showing(document: PublicDocument): Promise<Site> {
  site ??= await openSite([statuspage]);
  site.publish(reportWith(document));
  return site;
}

async function read<A extends Address>(document: PublicDocument, address: A) {
  const { web } = await showing(document);
  return schemas[address].parse(JSON.parse((await web.inject(`/api/v2/${address}`)).body)) as ReturnType<
    (typeof schemas)[A]["parse"]
  >;
}

const documents: Readonly<Record<string, PublicDocument>> = {
  "with everything in it": publicDocument(),
  "of a quiet day": quietDocument(),
  "while blind": publicDocument({ blind: true, level: "unknown", expected: undefined, waiting: undefined }),
  "of a demonstration": publicDocument({ demonstration: true }),
  "without an address": publicDocument({ url: undefined }),
  "without counts": publicDocument({ waiting: undefined, atSenders: undefined }),
  "that the core made": outageReport().public,
  "of planned work without updates": quietDocument({ windows: [plannedWork({ updates: [] })] }),
};

test.each(Object.entries(documents))(
  "every address of a document %s is what Statuspage's clients expect",
  async (_, document) => {
    const { web } = await showing(document);
    for (const address of addresses) {
      const answer = await web.inject(`/api/v2/${address}`);
      expect(answer.statusCode).toBe(200);
      const read = schemas[address].safeParse(JSON.parse(answer.body));
      expect(read.error?.issues ?? [], address).toEqual([]);
    }
  },
);

test("open and past incidents, in Statuspage's words", async () => {
  const { incidents } = await read(publicDocument(), "incidents.json");
  expect(incidents.map(({ id, status }) => [id, status])).toEqual([
    ["k3m9x2p7q1za", "monitoring"],
    ["b2d4f6h8j0lm", "resolved"],
  ]);
  const [open] = incidents;
  expect(open).toMatchObject({
    name: "Email is not working",
    impact: "major",
    started_at: new Date(outageStart).toISOString(),
    created_at: new Date(outageStart + 2 * MINUTE).toISOString(),
    monitoring_at: new Date(outageStart + 35 * MINUTE).toISOString(),
    resolved_at: null,
    shortlink: "https://status.example.org/i/k3m9x2p7q1za",
  });
  expect(open.components.map(({ id }) => id)).toEqual(["receiving"]);
  expect(open.incident_updates.map(({ status }) => status)).toEqual(["monitoring", "identified", "investigating"]);
  expect(open.incident_updates[0].affected_components).toEqual([
    {
      code: "receiving",
      name: "Receiving mail",
      old_status: "degraded_performance",
      new_status: "degraded_performance",
    },
  ]);
  const { incidents: unresolved } = await read(publicDocument(), "incidents/unresolved.json");
  expect(unresolved.map(({ id }) => id)).toEqual(["k3m9x2p7q1za"]);
});

test("planned work is in the list of its state, and cancelled work in none but our own", async () => {
  const ids = async (address: Address) => {
    const read = JSON.parse((await (await showing(publicDocument())).web.inject(`/api/v2/${address}`)).body);
    return read.scheduled_maintenances.map(({ id }: { id: string }) => id);
  };
  expect(await ids("scheduled-maintenances/active.json")).toEqual(["w2b2b2b2b2b2"]);
  expect(await ids("scheduled-maintenances/upcoming.json")).toEqual(["w5t8r1c4n6bd"]);
  expect(await ids("scheduled-maintenances.json")).toEqual(["w5t8r1c4n6bd", "w2b2b2b2b2b2", "w1a1a1a1a1a1"]);
  expect(await ids("summary.json")).toEqual(["w5t8r1c4n6bd", "w2b2b2b2b2b2"]);
  const { mailtide } = await read(publicDocument(), "summary.json");
  expect(mailtide.cancelled.map(({ id }) => id)).toEqual(["w3c3c3c3c3c3"]);
});

test("what Statuspage has no word for stands under one key more", async () => {
  const { mailtide } = await read(publicDocument(), "summary.json");
  expect(mailtide).toMatchObject({
    phase: "draining",
    level: "delayed",
    observer: "seeing",
    next_update_by: "2026-11-05T16:00:00.000Z",
    backlog: { here: 1200, at_senders: 340 },
    forecast: { earliest: "2026-11-05T16:00:00.000Z", latest: "2026-11-05T18:00:00.000Z", share: 0.8 },
    sender_windows: { nearly_all_by: "2026-11-05T20:00:00.000Z" },
    data_loss: [{ from: "2026-11-03T14:00:00.000Z", to: "2026-11-05T13:00:00.000Z" }],
    valid_until: null,
  });
  expect(mailtide.components.webmail).toEqual({ state: "unknown", since: null });
  expect(Object.keys(mailtide.notice)).toEqual(["en", "de"]);
});

test("what cannot be seen is never operational, and never none", async () => {
  const document = quietDocument({
    blind: true,
    level: "unknown",
    components: [{ id: "receiving", name: "Receiving mail", state: "unknown", since: undefined }],
  });
  const { components, status } = await read(document, "summary.json");
  expect(components.map(({ status }) => status)).toEqual(["degraded_performance"]);
  expect(status.indicator).toBe("minor");
});

test("blindness makes nothing better", async () => {
  for (const phase of phases) {
    const seen = await read(quietDocument({ phase }), "status.json");
    const blind = await read(quietDocument({ phase, blind: true, level: "unknown" }), "status.json");
    const ranks = ["none", "minor", "major", "critical"];
    expect(ranks.indexOf(blind.status.indicator)).toBeGreaterThanOrEqual(
      Math.max(1, ranks.indexOf(seen.status.indicator)),
    );
  }
});

test.each<[string, Partial<PublicDocument>, string]>([
  ["an outage", { phase: "outage", level: "major-outage" }, "critical"],
  ["a relapse", { phase: "relapse", level: "major-outage" }, "critical"],
  ["a partial outage", { phase: "partial", level: "partial-outage" }, "major"],
  ["late mail", { phase: "draining", level: "delayed" }, "minor"],
  ["planned work under way", { phase: "maintenance", level: "maintenance" }, "minor"],
  ["announced work", { phase: "maintenance_scheduled" }, "none"],
  ["an operator's critical incident on a quiet day", { open: [incident({ impact: "critical" })] }, "critical"],
  [
    "a component that an operator set",
    { components: [{ id: "webmail", name: "Webmail", state: "partial_outage", since: outageStart }] },
    "major",
  ],
])("the one word of %s", async (_, over, indicator) => {
  expect((await read(quietDocument(over), "status.json")).status.indicator).toBe(indicator);
});

test.each<ComponentState>([
  "operational",
  "degraded_performance",
  "partial_outage",
  "major_outage",
  "under_maintenance",
])("a component that is %s is said to be so", async (state) => {
  const components = [{ id: "receiving", name: "Receiving mail", state, since: outageStart }];
  const { components: read_ } = await read(quietDocument({ components }), "components.json");
  expect(read_.map(({ status }) => status)).toEqual([state]);
});

test("any page may read it, caches may keep it a while, and what has not changed is not sent again", async () => {
  const { web } = await showing(publicDocument());
  const first = await web.inject("/api/v2/summary.json");
  expect(first.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(first.headers["access-control-allow-origin"]).toBe("*");
  expect(first.headers["cross-origin-resource-policy"]).toBe("cross-origin");
  expect(first.headers["cache-control"]).toMatch(/max-age=\d+.*stale-if-error=\d+/);
  const etag = String(first.headers.etag);
  expect(etag).toMatch(/^"[\w-]{27}"$/);
  const again = await web.inject({ url: "/api/v2/summary.json", headers: { "if-none-match": `"x", W/${etag}` } });
  expect([again.statusCode, again.body]).toEqual([304, ""]);
  // The moment passes, and nothing happens: the answer is the same, byte for byte.
  await showing(publicDocument({ at: documentAt + 20_000 }));
  expect((await web.inject("/api/v2/summary.json")).headers.etag).toBe(etag);
  await showing(publicDocument({ phase: "relapse" }));
  expect((await web.inject("/api/v2/summary.json")).headers.etag).not.toBe(etag);
});

test("before the first report there is an answer that no cache keeps", async () => {
  site = await openSite([statuspage]);
  const answer = await site.web.inject("/api/v2/status.json");
  expect([answer.statusCode, answer.headers["retry-after"], answer.headers["cache-control"]]).toEqual([
    503,
    "5",
    "no-store",
  ]);
});

test("a demonstration says so where people read", async () => {
  const { page, status, mailtide } = await read(publicDocument({ demonstration: true }), "summary.json");
  expect([page.name, mailtide.demonstration]).toEqual(["Demonstration: Email", true]);
  expect(status.description).toMatch(/^Demonstration: /);
});

test("at most fifty incidents, the open ones among them", async () => {
  const past = Array.from({ length: 80 }, (_, i) =>
    incident({ id: `past${i}`, status: "resolved", resolved: outageStart }),
  );
  const { incidents } = await read(publicDocument({ past }), "incidents.json");
  expect(incidents).toHaveLength(50);
  expect(incidents[0].id).toBe("k3m9x2p7q1za");
});
