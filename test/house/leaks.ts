// Looks for what has no business in a public repository.

/** Paths that exist only on the machine of whoever wrote the line, and the ways to say how the text came about. */
const patterns: readonly [RegExp, string][] = [
  [/(?<![\w.$}/-])\/(work|farm|root|home\/(?!user\b|me\b)\w+)\/[\w.-]/, "a path of somebody's machine"],
  [/(?<![\w.$}/-])\/tmp\/[\w.-]/, "a path in /tmp: ask the system for a temporary folder"],
  [/\.\.\/shared\//, "a path outside the repository"],
  [/\b(issue|ticket)\s+#?\d+\b/i, "the number of an issue: say what it is about"],
  [/\b(language model|ai[- ]assist(ant|ed)|written by an? (ai|model|bot))\b/i, "how it was made"],
  [/\b(TODO|FIXME|XXX)\b(?!XX)/, "work that was put off"],
];

const ipv4 = /(?<![\w.:-])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\w.-]*\w)/g;
const documentation = /^(127\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|0\.0\.0\.0$|255\.255\.255\.)/;

const mailbox = /[\w.+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b/gi;
const fictional = /(^|\.)(test|example|invalid|localhost|local|example\.(org|com|net))$/i;

/** What a text gives away, one sentence each, with its line. */
export function leaks(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const say = (what: string) => found.push(`${path}:${at + 1}: ${what}`);
    for (const [pattern, what] of patterns) if (pattern.test(line)) say(what);
    for (const [, address = ""] of line.matchAll(ipv4)) {
      const section = /\bRFC\b/.test(line) && address.split(".").every((part) => part.length === 1);
      if (!section && !documentation.test(address)) say(`${address} may be somebody's address: use 192.0.2.0/24`);
    }
    for (const [address, domain = ""] of line.matchAll(mailbox)) {
      if (!fictional.test(domain)) say(`${address} may be somebody's address: use example.org or .test`);
    }
  }
  return found;
}
