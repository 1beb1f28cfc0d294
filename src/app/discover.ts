// Found and not registered: every folder with an index.ts is one variant, and its default export is the variant.

import { readdir } from "node:fs/promises";
import type { Dialect } from "../../collectors/dialect.ts";
import { Fault } from "../core/fault.ts";
import type { Publisher } from "../publishers/publisher.ts";
import type { Store, StoreKind } from "../store/store.ts";
import type { Wire } from "../wire/wire.ts";

/**
 * The variants in a folder, in the order of their names. `isOne` guards against a folder that exports something
 * else; that is a mistake in the program, so it throws a plain error that names the file.
 */
export async function discover<T extends { readonly name: string }>(
  folder: URL,
  isOne: (value: object) => boolean,
): Promise<readonly T[]> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const entries = await readdir(base, { withFileTypes: true });
  const found: T[] = [];
  for (const name of entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const files = await readdir(new URL(`${name}/`, base));
    if (!files.includes("index.ts")) continue;
    const file = new URL(`${name}/index.ts`, base);
    const module: unknown = await import(file.href);
    const one = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
    if (typeof one !== "object" || one === null || !("name" in one) || one.name !== name || !isOne(one)) {
      throw new Error(
        `${file.pathname} has to export by default a value that is named "${name}" and fits its contract.`,
      );
    }
    found.push(one as T);
  }
  return found;
}

/** Every way to tell people and programs. */
export function discoverPublishers(): Promise<readonly Publisher[]> {
  return discover<Publisher>(new URL("../publishers/", import.meta.url), (one) => "open" in one && "addresses" in one);
}

/** Every mail server that mailtide can read. */
export function discoverDialects(): Promise<readonly Dialect[]> {
  return discover<Dialect>(
    new URL("../../collectors/dialects/", import.meta.url),
    (one) => "openLog" in one && "listings" in one && "schedule" in one,
  );
}

/** Opens the state in a store of the kind that is named; with `readOnly` beside the program that keeps it. */
export async function openStore(
  kind: string,
  place: string,
  options: { readonly readOnly?: boolean } = {},
): Promise<Store> {
  const kinds = await discover<StoreKind>(new URL("../store/", import.meta.url), (one) => "open" in one);
  const found = kinds.find((one) => one.name === kind);
  if (found === undefined) throw new Error(`There is no store of the kind "${kind}".`);
  return found.open(place, options);
}

/** Both ends of the wire to a place: `memory`, or an address whose scheme names the wire. Throws `Fault("config-invalid")`. */
export async function openWire(place: string, secret: Uint8Array): Promise<ReturnType<Wire["open"]>> {
  const wires = await discover<Wire>(new URL("../wire/", import.meta.url), (one) => "open" in one);
  const scheme = place.split(":")[0].replace(/^https$/, "http");
  const found = wires.find((wire) => wire.name === scheme);
  if (found !== undefined) return found.open(place, secret);
  throw new Fault(
    "config-invalid",
    `there is no wire "${scheme}"`,
    `Begin lookout.wire with one of these: ${wires.map((wire) => wire.name).join(", ")}.`,
  );
}

/** The dialect of a name. Throws `Fault("dialect-unknown")`. */
export async function dialectNamed(name: string): Promise<Dialect> {
  const dialects = await discoverDialects();
  const found = dialects.find((dialect) => dialect.name === name);
  if (found !== undefined) return found;
  throw new Fault(
    "dialect-unknown",
    `there is no dialect "${name}"`,
    `Name one of these as mta.dialect: ${dialects.map((dialect) => dialect.name).join(", ")}.`,
  );
}
