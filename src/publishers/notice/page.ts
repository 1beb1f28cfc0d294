// The page at `/`: the notice for people, as plain HTML without scripts, images or anything from elsewhere.

import { createHash } from "node:crypto";
import type { Level, Phase } from "../../core/status/status.ts";
import type { Instant } from "../../core/time.ts";
import { chart } from "./chart.ts";
import type { PublicFacts } from "./facts.ts";
import { html, Markup } from "./markup.ts";

const style = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#5b6570;--paper:#fbfaf7;--line:#d9d6cd;--tone:#3d6b4f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e4de;--soft:#a2a9b0;--paper:#16181a;--line:#33373b;--tone:#7fb796}}
.delayed,.maintenance{--tone:#8a6414}.partial-outage,.major-outage{--tone:#a3372b}.unknown{--tone:#5b6570}
@media(prefers-color-scheme:dark){.delayed,.maintenance{--tone:#d8b15c}.partial-outage,.major-outage{--tone:#e88b7d}.unknown{--tone:#a2a9b0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.6 Charter,"Bitstream Charter",Georgia,serif}
main,footer{max-width:38rem;margin:0 auto;padding:0 1.25rem}
main{padding-top:clamp(2rem,8vh,5rem)}
.mark{margin:0;padding:.6rem 1.25rem;background:var(--ink);color:var(--paper);text-align:center;font-size:1rem}
.phase{margin:0 0 .5rem;color:var(--tone);font-weight:600;font-size:1rem}
.phase::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.5em;border-radius:50%;background:var(--tone)}
h1{margin:0 0 1.5rem;font-size:clamp(1.6rem,5vw,2.25rem);line-height:1.2;font-weight:600;text-wrap:balance}
.notice{margin:0 0 1.5rem;white-space:pre-line}
.clear{margin:0 0 1.5rem;padding-left:1rem;border-left:3px solid var(--tone)}
.stale{font-style:italic}
figure{margin:2rem 0 1.5rem}
svg{display:block;width:100%;height:8.75rem;border-bottom:1px solid var(--line)}
polygon{fill:var(--tone);opacity:.14}
polyline{fill:none;stroke:var(--tone);stroke-width:2;vector-effect:non-scaling-stroke}
figcaption,footer{color:var(--soft);font-size:.95rem}
footer{margin:2.5rem auto;padding-top:1rem;border-top:1px solid var(--line)}
footer a{color:inherit}
code{font-size:.9em}
`;

const stylesheet = new Markup(style);

/** Nothing may load or run but the page's own style, known by its hash. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const phaseWords: Readonly<Record<Phase, string>> = {
  normal: "Working",
  maintenance_scheduled: "Working. Planned work is announced.",
  maintenance: "Planned work",
  suspected: "We are looking into a possible problem",
  outage: "Not working",
  partial: "Partly working",
  draining: "Working. Late mail is on its way.",
  relapse: "Not working again",
  resolved: "Back to normal",
};

/** The page, with times of a zone. `addresses` are paths of this server that may be of use to the reader. */
export function page(facts: PublicFacts, addresses: readonly { path: string; what: string }[], zone = "UTC"): string {
  const clock = clockOf(zone);
  const moment = (at: Instant): Markup =>
    Number.isFinite(at) ? html`<time datetime="${new Date(at).toISOString()}">${clock(at)}</time>` : html`${clock(at)}`;
  const level: Level = facts.blind ? "unknown" : facts.level;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${facts.demonstration ? "Demonstration: " : ""}${facts.headline}</title>
<style>${stylesheet}</style>
</head>
<body class="${level}">
${facts.demonstration ? html`<p class="mark">Demonstration: this is a recorded outage, not this server.</p>` : html``}
<main>
<div role="status">
<p class="phase">${facts.blind ? "Not known" : phaseWords[facts.phase]}</p>
<h1>${facts.headline}</h1>
</div>
${facts.blind ? html`<p class="stale">We cannot see our mail server just now. What you read here may be out of date.</p>` : html``}
<p class="notice">${facts.notice}</p>
${clear(facts, moment)}
${chart(facts.chart, clock)}
</main>
<footer>
<p>As of ${moment(facts.at)}. Load the page again for news.</p>
${addresses.map(({ path, what }) => html`<p><a href="${path}"><code>${path}</code></a> ${what}</p>`)}
</footer>
</body>
</html>
`.text;
}

/** What the page says before the first report. */
export function waitingPage(): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Starting</title>
<style>${stylesheet}</style>
</head>
<body class="unknown"><main><h1>We are just starting.</h1><p class="notice">Please load this page again in a few seconds.</p></main></body>
</html>
`.text;
}

function clear({ clear: range, phase }: PublicFacts, moment: (at: Instant) => Markup): Markup {
  if (range !== undefined) {
    return html`<p class="clear">Late mail through between ${moment(range.earliest)} and ${moment(range.latest)}, 8 times out of 10.</p>`;
  }
  const late = phase === "draining" || phase === "partial" || phase === "outage" || phase === "relapse";
  return late ? html`<p class="clear">We cannot say yet when the late mail will be through.</p>` : html``;
}

function clockOf(zone: string): (at: Instant) => string {
  const words = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  return (at) => (Number.isFinite(at) ? words.format(at) : "an unknown time");
}
