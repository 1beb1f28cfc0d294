import { expect, test } from "vitest";
import { fill, filled, html, Markup } from "../../../src/publishers/page/markup.ts";
import { injectionPayloads } from "../../support/payloads.ts";

test("no text ends a tag, an attribute or a line of its own making", () => {
  for (const payload of injectionPayloads(1000)) {
    const { text } = html`<p title="${payload}">${payload}</p>`;
    const [, title, inner] = /^<p title="([^"]*)">([\s\S]*)<\/p>$/.exec(text) ?? [];
    for (const part of [title, inner]) {
      expect(part).toBeDefined();
      expect(part).not.toMatch(/[<>"']|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(part).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
      expect(part?.isWellFormed()).toBe(true);
    }
  }
});

test("a value where escaping is not enough is a mistake that cannot be made quietly", () => {
  const x = "x";
  expect(() => html`<p title=${x}>`).toThrow("may not stand here");
  expect(() => html`<p ${x}>`).toThrow("may not stand here");
  expect(() => html`<${x}>`).toThrow("may not stand here");
  expect(() => html`<p title='${x}'>`).toThrow("may not stand here");
  expect(() => html`<a onclick="${x}">`).toThrow("may not stand here");
  expect(() => html`<p style="${x}">`).toThrow("may not stand here");
  expect(() => html`<iframe srcdoc="${x}">`).toThrow("may not stand here");
  expect(() => html`<script>${x}</script>`).toThrow("may not stand here");
  expect(() => html`<style media="print">${x}</style>`).toThrow("may not stand here");
  expect(html`<p class="a" title="${x} ${x}">${x}</p><i>${[html`${x}`]}</i>`.text).toBe(
    '<p class="a" title="x x">x</p><i>x</i>',
  );
});

test("slots take markup of ours as it is and text escaped", () => {
  const time = html`<time>${"<"}</time>`;
  expect(fill("from {from} & {to} {other}", { from: time, to: "<b>" }).text).toBe(
    "from <time>&lt;</time> &amp; &lt;b&gt; {other}",
  );
  expect(filled("from {from} to {to}", { from: "<", to: "{from}" })).toBe("from < to {from}");
  expect(fill("{constructor}", {}).text).not.toContain("function");
  expect(new Markup("<b>").text).toBe("<b>");
});
