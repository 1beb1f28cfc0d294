// Who may act for the operator: whoever has a token. Only hashes of tokens are kept in a configuration.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { Fault } from "../../core/fault.ts";

/** 256 random bits as text. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a token: its SHA-256 in hexadecimal. A token is as random as its hash, so no salt is needed. */
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Whether a token is one of those whose hashes are given. Takes as long for a wrong one as for a right one. */
export function isKnown(token: string, hashes: readonly string[]): boolean {
  const mine = Buffer.from(hashOf(token), "hex");
  let known = false;
  for (const hash of hashes) if (timingSafeEqual(mine, Buffer.from(hash, "hex"))) known = true;
  return known;
}

/** The token in a file, made with it if it is not there: for programs of this user on this machine. Throws `Fault`. */
export function tokenIn(file: string): string {
  try {
    if (existsSync(file)) {
      const token = readToken(file);
      // Somebody may have opened it to all.
      chmodSync(file, 0o600);
      return token;
    }
    const token = newToken();
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: "wx" });
    return token;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(
      "operator-forbidden",
      `The operator's token cannot be kept in ${file}.`,
      "Let mailtide's user write there, or set operator.tokens in the configuration (mailtide operator token makes one).",
      error,
    );
  }
}

/** Reads a token from a file. Throws `Fault("operator-forbidden")`. */
export function readToken(file: string): string {
  let text = "";
  let cause: unknown;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    cause = error;
  }
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return text;
  throw new Fault(
    "operator-forbidden",
    cause === undefined ? `${file} holds no token.` : `The operator's token in ${file} cannot be read.`,
    "Run this as mailtide's user, or give a token: MAILTIDE_OPERATOR_TOKEN=… (mailtide operator token makes one).",
    cause,
  );
}
