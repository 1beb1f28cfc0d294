// Markup that cannot be broken out of: text is escaped unless it was made here. docs/decisions/0017 says why by hand.

/** A piece of HTML that is safe to put into a page: made by `html`, or a constant of ours. Never from input. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Nothing. */
export const none = new Markup("");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in quoted attributes, without control characters, halves of characters and direction overrides. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufffe\uffff]/gu, (c) =>
      c === "\n" || c === "\t" ? c : "",
    )
    .replace(/[&<>"']/g, (c) => entities[c] ?? "");
}

type Part = string | number | Markup | readonly Markup[];

const sound = new WeakSet<TemplateStringsArray>();

/** Escaping is enough between tags and in quoted attributes that are no script, style or address of another's choice. */
function provenSound(strings: TemplateStringsArray): void {
  let before = "";
  for (const piece of strings.slice(0, -1)) {
    before += piece;
    const [, tag] = /(<[^>]*)$/.exec(before) ?? [];
    const quoted = tag === undefined || /\s[\w-]+="[^"]*$/.test(tag);
    const runs = /\s(on\w+|style|srcdoc)="[^"]*$/i.test(tag ?? "") || /<(script|style)\b[^>]*>[^<]*$/i.test(before);
    if (!quoted || runs) throw new Error(`A value may not stand here in a template: ${before.slice(-60)}`);
    before += "x";
  }
  sound.add(strings);
}

/** A template whose values are escaped, except markup made by this same template. A value in a place where that is not enough throws. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  if (!sound.has(strings)) provenSound(strings);
  let text = strings[0] ?? "";
  parts.forEach((part, i) => {
    if (part instanceof Markup) text += part.text;
    else if (Array.isArray(part)) text += part.map((one: Markup) => one.text).join("");
    else text += escaped(String(part));
    text += strings[i + 1] ?? "";
  });
  return new Markup(text);
}

/** A sentence of ours with its `{slots}` filled, as markup. A slot without a value stays as it is. */
export function fill(sentence: string, slots: Readonly<Record<string, string | Markup>>): Markup {
  const pieces = sentence.split(/\{(\w+)\}/);
  return new Markup(
    pieces
      .map((piece, i) => (i % 2 === 0 ? piece : (own(slots, piece) ?? `{${piece}}`)))
      .map((piece) => (piece instanceof Markup ? piece.text : escaped(piece)))
      .join(""),
  );
}

/** The same as text, for an attribute or a file without markup. */
export function filled(sentence: string, slots: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (all, name: string) => own(slots, name) ?? all);
}

function own<T>(slots: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(slots, name) ? slots[name] : undefined;
}
