// A badge says little, and never better than it is.

import { XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import type { PublicDocument } from "../../../src/core/status/public/document.ts";
import { phases } from "../../../src/core/status/status.ts";
import { MINUTE } from "../../../src/core/time.ts";
import badge from "../../../src/publishers/badge/index.ts";
import { badgeWords } from "../../../src/publishers/badge/words.ts";
import { documentAt, publicDocument, quietDocument, reportWith } from "../../support/public-news.ts";
import { openSite } from "../../support/site.ts";

const green = "#2e7d4f";

test("every phase has its word and colour, and green stands for nothing but working", () => {
  for (const phase of phases) {
    const { message, color } = badgeWords(quietDocument({ phase }), "en", undefined);
    expect(color === green, phase).toBe(message === "working");
  }
  expect(badgeWords(quietDocument({ phase: "outage" }), "de", undefined).message).toBe("geht nicht");
});

test.each<[string, Partial<PublicDocument>]>([
  ["blind", { blind: true }],
  ["unknown", { level: "unknown" }],
])("while %s it is grey and says that it is not known", (_, over) => {
  for (const phase of phases) {
    expect(badgeWords(quietDocument({ phase, ...over }), "en", undefined)).toMatchObject({
      message: "not known",
      color: "#6b7280",
    });
  }
});

test("a picture and Shields' own form, at an address for each language", async () => {
  const { web, publish } = await openSite([badge]);
  publish(reportWith());
  for (const prefix of ["", "/en"]) {
    const svg = await web.inject(`${prefix}/badge.svg`);
    expect(svg.headers["content-type"]).toBe("image/svg+xml; charset=utf-8");
    expect(XMLValidator.validate(svg.body)).toBe(true);
    expect(svg.body).toContain("Email: working, mail is late");
    const json = await web.inject(`${prefix}/badge.json`);
    expect(json.json()).toEqual({
      schemaVersion: 1,
      label: "Email",
      message: "working, mail is late",
      color: "#9a6700",
      cacheSeconds: 60,
    });
    expect(json.headers["access-control-allow-origin"]).toBe("*");
  }
  await web.close();
});

test("in a copy, which nobody can take back, it says of when it is", () => {
  expect(badgeWords(publicDocument({ at: documentAt + 30_000 }), "en", 15 * MINUTE).message).toBe(
    "working, mail is late · 5 Nov, 16:00 CET",
  );
});

test("a demonstration says so", () => {
  expect(badgeWords(publicDocument({ demonstration: true }), "en", undefined).label).toBe("Demonstration: Email");
});
