// Markup that cannot be broken out of: text is escaped unless it was made here.

/** A piece of HTML that is safe to put into a page: made by `html`, or a constant of ours. Never from input. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in quoted attributes, without control characters and direction overrides. */
export function escaped(text: string): string {
  return text
    .replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (c) => (c === "\n" || c === "\t" ? c : ""))
    .replace(/[&<>"']/g, (c) => entities[c] ?? "");
}

type Part = string | number | Markup | readonly Markup[];

/** A template whose values are escaped, except markup made by this same template. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  parts.forEach((part, i) => {
    if (part instanceof Markup) text += part.text;
    else if (Array.isArray(part)) text += part.map((one: Markup) => one.text).join("");
    else text += escaped(String(part));
    text += strings[i + 1] ?? "";
  });
  return new Markup(text);
}
