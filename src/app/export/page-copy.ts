// A page of the live site made fit for a folder: links lead from file to file, its policy travels with it, and it says
// until when it holds.
//
// Pages are ours, with every text escaped: a quotation mark can stand in a tag only as the end of a value.

import { createHash } from "node:crypto";
import { instantText } from "../../core/time.ts";
import { relativeName } from "./file-names.ts";
import { validityWords } from "./validity.ts";

export interface PageCopy {
  /** Address of the page on the live site. */
  readonly address: string;
  readonly file: string;
  /** Its Content-Security-Policy there: a web server of somebody else will not send it. */
  readonly policy: string | undefined;
  /** File of an address, if the copy has it. */
  readonly fileOf: (address: string) => string | undefined;
  readonly zone: string;
  readonly made: number;
  readonly until: number;
}

const style =
  ".copy{margin:0;padding:.5rem 1.25rem;text-align:center;font-size:.95rem}.copy strong{display:block;padding:.5rem;background:#8a1c1c;color:#fff}.copy [hidden]{display:none}";
// A text browser shows what is hidden, so the words come with the moment that they are true.
// A page that keeps itself up to date brings the new moment in its `valid-until`; then the sentence, which is older, goes.
const script = `(() => {
  const copy = document.getElementById("copy");
  const look = () => {
    const until = document.querySelector('meta[name="valid-until"]')?.content || copy.dataset.validUntil;
    if (until !== copy.dataset.validUntil) copy.firstChild.data = "";
    const stale = document.getElementById("copy-stale");
    stale.hidden = Date.now() < Date.parse(until);
    stale.textContent = stale.hidden ? "" : stale.dataset.says;
  };
  look();
  setInterval(look, 30000);
})();`;
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page as a file. */
export function pageCopy(html: string, copy: PageCopy): string {
  const language = /<html[^>]*\slang="([a-z]{2,3})/i.exec(html)?.[1] ?? "en";
  const { holds, stale } = validityWords(language, copy.zone, copy.made, copy.until);
  const until = instantText(copy.until) ?? "";
  const notice = `<aside class="copy" id="copy" data-valid-until="${until}">${holds} <strong id="copy-stale" role="alert" hidden data-says="${stale}"></strong></aside>`;
  const policy = copy.policy === undefined ? "" : policyElement(copy.policy);
  return (
    withLinks(html, copy)
      // Of two policies only what both allow is allowed, so there is to be one.
      .replace(/<meta http-equiv="content-security-policy"[^>]*>\s*/gi, "")
      .replace(/(<meta name="valid-until" content=")[^"]*"/i, (_, name) => `${name}${until}"`)
      // Before whatever the policy is about, and behind the charset, which has to stand among the first bytes.
      .replace(/<head[^>]*>(\s*<meta charset[^>]*>)?/i, (head) => `${head}${policy}<style>${style}</style>`)
      .replace(/<body[^>]*>/i, (body) => `${body}${notice}`)
      .replace(/<\/body>/i, (end) => `<script>${script}</script>${end}`)
  );
}

/** The policy as an element, with what this copy adds; what only a header may say is left out. */
function policyElement(policy: string): string {
  const rules = policy
    .split(";")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "" && !/^(frame-ancestors|report-uri|sandbox)\b/.test(rule));
  const allow = (directive: string, source: string): void => {
    const at = rules.findIndex((rule) => rule.split(" ")[0] === directive);
    if (at === -1) rules.push(`${directive} ${source}`);
    else rules[at] = `${rules[at].replace(/\s'none'/, "")} ${source}`;
  };
  allow("style-src", hash(style));
  allow("script-src", hash(script));
  return `<meta http-equiv="content-security-policy" content="${rules.join("; ").replaceAll('"', "")}">`;
}

const tags = /<[a-z][^\s<>]*(?:\s+[\w:-]+(?:="[^"]*")?)*\s*\/?>/gi;
const attributes = /(\s)([\w:-]+)="([^"]*)"/g;
const nowhere = "http://copy.invalid";

/** Addresses of our own become names of files; a link to what the copy does not have is no link. */
function withLinks(html: string, { address, file, fileOf }: PageCopy): string {
  return html.replace(tags, (tag) =>
    tag.replace(attributes, (whole, space: string, name: string, value: string) => {
      const link = /^(href|src|action)$/i.test(name);
      if (value.startsWith("#") || (!link && !/^\/(?!\/)/.test(value))) return whole;
      const target = URL.parse(value.replaceAll("&amp;", "&"), `${nowhere}${address}`);
      if (target === null || target.origin !== nowhere) return whole;
      const there = fileOf(target.pathname);
      if (there === undefined) return link ? "" : whole;
      const to = there === file ? (there.split("/").at(-1) ?? "") : relativeName(file, there);
      return `${space}${name}="${encodeURI(to)}${target.hash.replaceAll('"', "")}"`;
    }),
  );
}
