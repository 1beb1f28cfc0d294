// Which addresses an operator's list means: literal ones as they are, names as all the addresses they have now.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** One entry of the list, e.g. `192.0.2.1:25`, `[2001:db8::1]:25`, `mx.example.org` or `mx.example.org:587`. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** An address to look at. */
export interface Endpoint {
  /** As it is called in results: `192.0.2.1:25`, `[2001:db8::1]:25`. */
  readonly endpoint: string;
  readonly address: string;
  readonly port: number;
  readonly servername: string | undefined;
}

/** Reads an entry; undefined if it is none. Without a port: 25. */
export function parseTarget(text: string): Target | undefined {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(trimmed);
  const plain = /^([^:[\]\s]+)(?::(\d{1,5}))?$/.exec(trimmed);
  const [, host, digits] = bracketed ?? plain ?? (isIP(trimmed) === 6 ? ["", trimmed, undefined] : []);
  const port = digits === undefined ? 25 : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  if (bracketed !== null && isIP(host) !== 6) return undefined;
  if (isIP(host) === 0 && !/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*\.?$/.test(host)) return undefined;
  // Digits and dots alone are a mistyped address, not a name.
  if (isIP(host) === 0 && /^[\d.]+$/.test(host)) return undefined;
  return { host, port };
}

export type Resolve = (name: string) => Promise<readonly string[]>;

/** All addresses of a name, as the system resolves it. */
export const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};

/** How an address and a port are written together. */
export function endpointName(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The endpoint of a literal address. */
export function literal({ host, port }: Target): Endpoint | undefined {
  if (isIP(host) === 0) return undefined;
  return { endpoint: endpointName(host, port), address: host, port, servername: undefined };
}
