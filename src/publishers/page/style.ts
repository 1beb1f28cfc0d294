// How the pages look: calm, typographic, large enough for arm's length. Logical properties only, so that it also reads from right to left.

import { createHash } from "node:crypto";
import { Markup } from "./markup.ts";

const css = `
:root{color-scheme:light dark;--ink:#1d2125;--soft:#575f68;--paper:#fcfbf8;--line:#dedad0;--tone:#2f6848;--wash:#2f684814}
.well{--tone:#2f6848;--wash:#2f684814}.late{--tone:#7d5a0c;--wash:#7d5a0c14}.down{--tone:#a3342a;--wash:#a3342a12}.work{--tone:#2d5d8a;--wash:#2d5d8a12}.unknown{--tone:#575f68;--wash:#575f6814}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e0;--soft:#a7aeb5;--paper:#15171a;--line:#34383d;--tone:#86c29d;--wash:#86c29d1a}
.well{--tone:#86c29d;--wash:#86c29d1a}.late{--tone:#dcb660;--wash:#dcb6601a}.down{--tone:#f0978b;--wash:#f0978b1a}.work{--tone:#8fbbe6;--wash:#8fbbe61a}.unknown{--tone:#a7aeb5;--wash:#a7aeb51a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;border-block-start:.5rem solid var(--tone);background:var(--paper);color:var(--ink);font:1.25rem/1.55 Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",Georgia,serif;overflow-wrap:anywhere}
header,main,footer{max-inline-size:38rem;margin-inline:auto;padding-inline:1.25rem}
header,footer,.state,.mark,h2,.when,.is,.legend,.plot,table,summary,.says{font-family:system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:.25rem 1.5rem;padding-block:1rem 0;font-size:1rem;color:var(--soft)}
header p,header ul{margin:0}
nav ul,.links{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin:0;padding:0;list-style:none}
a{color:inherit;text-decoration-color:var(--tone);text-decoration-thickness:1px;text-underline-offset:.2em}
header a,footer a,.when a{display:inline-block;padding-block:.2rem}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--tone);outline-offset:2px;border-radius:2px}
main{padding-block:clamp(1.5rem,6vh,3.5rem) 1rem}
.mark{margin:0;padding:.6rem 1.25rem;background:var(--ink);color:var(--paper);text-align:center;font-size:1rem}.mark p{margin:0}
.state{margin:0 0 .6rem;color:var(--tone);font-weight:600;font-size:1.0625rem;line-height:1.3}
.state::before{content:"";display:inline-block;inline-size:.75em;block-size:.75em;margin-inline-end:.5em;border:.13em solid;border-radius:50%;background:currentColor;vertical-align:-.04em}
.late .state::before{background:linear-gradient(90deg,currentColor 50%,transparent 50%)}.down .state::before{border-radius:.1em}.work .state::before{border-radius:.05em;transform:rotate(45deg) scale(.85)}.unknown .state::before{background:none}
h1{margin:0 0 1.25rem;font-size:clamp(1.8rem,1.1rem + 3.4vw,2.6rem);line-height:1.16;font-weight:600;letter-spacing:-.01em;text-wrap:balance}
h2{margin:2.75rem 0 .75rem;font-size:1rem;font-weight:600;line-height:1.3;color:var(--soft)}
p{margin:0 0 1rem;text-wrap:pretty}
.old{padding:.75rem 1rem;border:2px solid var(--ink);border-radius:.25rem}
.next{margin-block:1.5rem;padding:.75rem 1rem;background:var(--wash);border-inline-start:.25rem solid var(--tone);border-radius:.125rem}
.says{font-size:1.0625rem;margin-block:0 .5rem}
figure{margin:1rem 0 0}
.plot{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.4rem .6rem;font-size:.8125rem;line-height:1;color:var(--soft);padding-inline-end:1.25rem}
.plot i{font-style:normal}.plot i::before{content:attr(data-l)}
.scale{display:flex;flex-direction:column;justify-content:space-between;text-align:end}
.scale i{block-size:0;display:flex;align-items:center;justify-content:end}
.ticks{grid-column:2;display:flex;justify-content:space-between;block-size:1.2em}
.ticks i{inline-size:0;display:flex;justify-content:center;white-space:nowrap}
svg{display:block;inline-size:100%;block-size:9.5rem;overflow:visible}
path{vector-effect:non-scaling-stroke}
.grid{stroke:var(--line);fill:none}.area{fill:var(--tone);opacity:.13}.line{fill:none;stroke:var(--tone);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.ahead{fill:var(--tone);fill-opacity:.1;stroke:var(--tone);stroke-dasharray:3 4}
.gap{fill:var(--soft);fill-opacity:.2}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;margin:.6rem 0 0;padding:0;list-style:none;font-size:.9375rem;color:var(--soft)}
.legend li::before{content:"";display:inline-block;inline-size:1.4em;block-size:.8em;margin-inline-end:.45em;vertical-align:-.05em;border-block-start:2px solid var(--tone);background:var(--wash)}
.legend .k-ahead::before{border:1px dashed var(--tone)}.legend .k-unseen::before{border:0;background:var(--soft);opacity:.3}
details{margin-block-start:.75rem}
summary{font-size:.9375rem;color:var(--soft);cursor:pointer;padding-block:.3rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;inline-size:100%;font-size:.9375rem;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .75rem .35rem 0;padding-inline:0 .75rem;border-block-end:1px solid var(--line);text-align:start;font-weight:400;vertical-align:top}
th{min-inline-size:9.75rem}td{padding-inline-end:0}tr:first-child th,[colspan]{font-weight:600}[colspan]{padding-block-start:.8rem}
.rows{margin:0;padding:0;list-style:none;border-block-start:1px solid var(--line)}
.rows>li{padding-block:.7rem;border-block-end:1px solid var(--line)}
.rows p{margin-block-end:.5rem}.rows p:last-child{margin-block-end:0}
.rows p:not(.when){font-size:1.125rem}.rows .next{padding:0;margin-block-start:0;background:none;border:0}
.rows .name{margin-block-start:0}
.parts>li{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .75rem}
.is{font-size:1.0625rem;color:var(--tone);font-weight:600;margin-inline-start:auto}.parts .when{flex-basis:100%}
.when{margin:0 0 .25rem;font-size:.9375rem;line-height:1.45;color:var(--soft)}
.when::first-letter,[colspan]::first-letter{text-transform:uppercase}
.when b{color:var(--ink);font-weight:600}
.name{margin-block:1.5rem .25rem;font:600 1.25rem/1.3 Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",Georgia,serif;color:var(--ink);font-weight:600;line-height:1.3}
footer{margin-block-start:3rem;padding-block:1rem 2rem;font-size:1rem;color:var(--soft)}
footer p{margin:0 0 .25rem}
[hidden]{display:none!important}
.follow{margin-block-start:.9rem;font-size:.9375rem;font-weight:600}.follow+.links{font-size:.9375rem}
@media(min-width:48rem){header{padding-block-start:1.5rem}}
@media not (min-width:30rem){.ticks i:nth-child(even)::before{content:none}}
@media(forced-colors:active){.next,.state::before{border-color:CanvasText}.line{stroke:CanvasText}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--paper:#fff;--line:#999;--tone:#000;--wash:#fff}body{font-size:12pt;border:0}nav,summary,.links,.follow,#lost{display:none}.says,.rows p:not(.when){font-size:1em}
details::details-content{content-visibility:visible;block-size:auto}h2,.name,.when{break-after:avoid}figure,li,.next{break-inside:avoid}main{padding-block:1rem 0}}
`;

/** The stylesheet in its element. */
export const stylesheet: Markup = new Markup(`<style>${css}</style>`);

/** How a policy knows the stylesheet. */
export const styleHash = `sha256-${createHash("sha256").update(css).digest("base64")}`;
