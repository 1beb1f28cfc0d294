// Names become marks: what the lookout remembers of an address or a host can be compared and not read back.

import { createHmac, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { dirname } from "node:path";
import { Fault } from "../../src/core/fault.ts";

/** The first 64 bits of an HMAC-SHA-256, as 16 hexadecimal digits. Nobody without the key can make one or undo one. */
export type Mark = string;

/** The mark of what was not said. */
export const noMark: Mark = "0000000000000000";

/** What may be marked: each kind has marks of its own, so that a sender and a recipient of one name do not meet. */
export type Marked = "sender" | "recipient" | "network" | "domain" | "message" | "door";

/** Turns a name into its mark. */
export type Marker = (kind: Marked, text: string) => Mark;

const keyBytes = 32;

/** A marker for one key; the same key on two hosts gives the same marks. */
export function markerWith(key: Uint8Array): Marker {
  return (kind, text) => {
    // Hosts and domains are written in any case; local parts are compared as if they were too, as all but a few do.
    const hash = createHmac("sha256", key).update(`${kind}\0${text.toLowerCase()}`).digest();
    return hash.toString("hex", 0, 8);
  };
}

/** What signs the wire between a lookout and mailtide: made of the key, and of no use for marks. */
export function wireSecret(key: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update("mailtide wire").digest();
}

/** Reads the key, or makes one that only this user can read. Throws `Fault("state-unwritable")`. */
export function readOrMakeKey(path: string): Uint8Array {
  const found = readKey(path);
  if (found !== undefined) return found;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const made = randomBytes(keyBytes);
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, `${made.toString("hex")}\n`);
      fsyncSync(file);
    } catch (error) {
      // Half a key would be in the way of every later start.
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return made;
  } catch (error) {
    // Another lookout of this folder was faster.
    const other = readKey(path);
    if (other !== undefined) return other;
    throw keyFault(`the key ${path} cannot be made`, error);
  }
}

function readKey(path: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw keyFault(`the key ${path} cannot be read`, error);
  }
  if (!/^[0-9a-f]{64}\n?$/.test(text)) throw keyFault(`${path} is not a key of the lookout: 64 hexadecimal digits`);
  closeToOthers(path);
  return Buffer.from(text.trim(), "hex");
}

/**
 * A copy from another host often comes with the rights of whoever copied it. Where another user owns it (a secret that was
 * mounted, a file of root's for our group) these are that user's to give, as long as not everybody may read it.
 */
function closeToOthers(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if ((mode & 0o007) !== 0) throw keyFault(`everybody on this machine may read the key ${path}`, error);
  }
}

function keyFault(message: string, cause?: unknown): Fault {
  const advice = "Let mailtide's user read and write there, or name another folder: MAILTIDE_LOOKOUT_FOLDER=/path.";
  return new Fault("state-unwritable", message, advice, cause);
}

/** The network that an address belongs to, /24 or /48: senders with many hosts often have them side by side. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return plain.split(".").slice(0, 3).join(".");
  return isIPv6(plain) ? groupsOf(plain).slice(0, 3).join(":") : "";
}

/** What one host has for itself: an IPv4 address, or the /64 of an IPv6 address, in which it may take any it likes. */
export function hostOf(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? groupsOf(plain).slice(0, 4).join(":") : plain;
}

function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

/** The groups of an IPv6 address, all eight, without leading zeros. */
function groupsOf(plain: string): string[] {
  const [head = "", tail] = plain.split("%")[0].split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":");
    while (groups.length + rest.length < 8) groups.push("0");
    groups.push(...rest);
  }
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
}

/** The domain that a host belongs to; empty if the name is none that could tell one sender from another. */
export function domainOf(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  if (labels.length < 2 || !labels.every((label) => /^[\w-]{1,63}$/.test(label)) || /^\d+$/.test(labels.at(-1) ?? ""))
    return "";
  // `host.co.uk`: under two letters of a country a short label is mostly a registry and not a sender.
  const registry =
    labels.length > 2 && labels.at(-1)?.length === 2 && /^(ac|co|com|edu|gov|net|or|org)$/.test(labels.at(-2) ?? "");
  return labels.slice(registry ? -3 : -2).join(".");
}
