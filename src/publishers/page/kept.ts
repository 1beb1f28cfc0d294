// Bytes that are made once a change and given to everybody who asks: plain, gzipped and in Brotli, each with its tag.

import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** How bytes are packed; `identity` is not at all. */
export type Coding = "br" | "gzip" | "identity";

/** What is sent. */
export interface Answer {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** One page or file. Packed when the first asks for it packed. */
export class Kept {
  readonly #bytes: Buffer;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #mark: string;
  readonly #packed = new Map<Coding, Answer>();

  constructor(content: string | Buffer, headers: Readonly<Record<string, string>>) {
    this.#bytes = Buffer.from(content);
    this.#headers = headers;
    this.#mark = createHash("sha256").update(this.#bytes).digest("base64url").slice(0, 22);
  }

  /** As one who accepts these codings gets it. */
  answer(acceptEncoding: string | undefined): Answer {
    const coding = codingFor(acceptEncoding);
    const known = this.#packed.get(coding);
    if (known !== undefined) return known;
    const bytes = packed(this.#bytes, coding);
    const etag = `"${this.#mark}${coding === "identity" ? "" : `-${coding}`}"`;
    const headers = {
      ...this.#headers,
      vary: "accept-encoding",
      etag,
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
    };
    const answer = { bytes, headers, etag };
    this.#packed.set(coding, answer);
    return answer;
  }
}

function packed(bytes: Buffer, coding: Coding): Buffer {
  // Brotli's best takes ten times as long and saves a twentieth: the log waits meanwhile.
  if (coding === "br") return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } });
  return coding === "gzip" ? gzipSync(bytes, { level: 7 }) : bytes;
}

/** The best coding that is accepted (RFC 9110 12.5.3); what cannot be read accepts nothing but plain bytes. */
export function codingFor(acceptEncoding: string | undefined): Coding {
  if (acceptEncoding === undefined) return "identity";
  const accepted = new Map<string, boolean>();
  for (const one of acceptEncoding.slice(0, 200).toLowerCase().split(",")) {
    const [name = "", ...parameters] = one.split(";").map((part) => part.trim());
    accepted.set(name, !parameters.some((part) => /^q=0(\.0*)?$/.test(part)));
  }
  const any = accepted.get("*") ?? false;
  if (accepted.get("br") ?? any) return "br";
  return (accepted.get("gzip") ?? any) ? "gzip" : "identity";
}

/** Whether who asks has it already (RFC 9110 13.1.2: compared weakly). */
export function has(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(",", 50)
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === etag || one === "*");
}
