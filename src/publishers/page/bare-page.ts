// What is shown where there is nothing to show: before the first report, and at an address that there is not.

import type { Labels } from "../../core/status/languages/labels.ts";
import { html } from "./markup.ts";
import { stylesheet } from "./style.ts";

/** A page of a heading and a sentence. `home`: where the notice is. */
export function barePage(tag: string, labels: Labels, words: Labels["missing"], home: string | undefined): string {
  return html`<!doctype html>
<html lang="${tag}" dir="${labels.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${words.title}</title>
${stylesheet}
</head>
<body class="unknown"><main><h1>${words.title}</h1><p>${words.sentence}</p>
${home === undefined ? "" : html`<p><a href="${home}">${labels.links.notice}</a></p>`}</main></body>
</html>
`.text;
}
