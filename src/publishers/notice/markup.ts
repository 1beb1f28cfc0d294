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

/** Text as it may stand between tags and in quoted attributes; control characters that HTML forbids are dropped. */
export function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is dropped.
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "")
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
