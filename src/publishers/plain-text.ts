// Words of operators and of mailtide as channels may carry them: text and nothing that a program takes for something else.

/** Controls but the line feed, direction overrides, invisible tags, what XML 1.0 forbids. */
const unsafe =
  /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Noncharacter_Code_Point}/gu;

/** Lines of text: no controls, no direction overrides, no half characters; every kind of line end is a line feed. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/\t/g, " ")
    .replace(unsafe, "");
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Plain text as markup that shows it. */
export function asMarkup(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (c) => entities[c] ?? "");
}

/**
 * JSON that also means the same inside a page: markup in it is written as escapes.
 * Strings are cleaned on the way; `undefined` is left out.
 */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === "string" ? plainText(one) : one));
  return text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
