// Finds marks of what came in within what goes out, however they are dressed.

const marks = /zq\d{5}kx/g;
const addresses = /2001:0?db8:[0-9a-f:]*|\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+/g;

function plain(text: string): string[] {
  const lower = text.normalize("NFKC").toLowerCase();
  return [...(lower.match(marks) ?? []), ...(lower.match(addresses) ?? [])];
}

/** Percent signs, entities and JavaScript's escapes taken off. */
function undressed(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What runs of base64 and hexadecimal digits may stand for, from each place that a group may begin at. */
function decoded(text: string): string[] {
  const found: string[] = [];
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{10,}/g)) {
    for (let from = 0; from < 4; from++) found.push(Buffer.from(run.slice(from), "base64").toString("latin1"));
  }
  for (const [run] of text.matchAll(/[0-9a-f]{12,}/gi)) {
    for (let from = 0; from < 2; from++) found.push(Buffer.from(run.slice(from), "hex").toString("latin1"));
  }
  return found;
}

/** Every mark that is in a text. Punycode leaves a mark's own letters as they are. */
export function traces(text: string): string[] {
  return [...plain(text), ...plain(undressed(text)), ...decoded(text).flatMap(plain)];
}
