// Addresses of the site as files of a folder that any web server, bucket or file manager can show.

import { Fault } from "../../core/fault.ts";

/**
 * File of an address and its media type: `/de/` is `de/index.html`, a page `/i/x` is `i/x/index.html`, and what has an
 * ending keeps its name. Throws `Fault("export-failed")` on an address that would leave the folder.
 */
export function fileNameOf(address: string, type: string): string {
  const [path = ""] = address.split(/[?#]/, 1);
  const parts = decoded(path, address).split("/").slice(1);
  const last = parts.pop() ?? "";
  const folders = parts.map((part) => safe(part, address));
  if (last === "") return [...folders, "index.html"].join("/");
  const page = type.startsWith("text/html") && !/\.html?$/.test(last);
  return [...folders, safe(last, address), ...(page ? ["index.html"] : [])].join("/");
}

function decoded(path: string, address: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw unfit(address);
  }
}

/** A leading dot would hide a file, or lead out of the folder. */
function safe(part: string, address: string): string {
  if (!/^[^\p{Cc}\\/:*?"<>|.][^\p{Cc}\\/:*?"<>|]{0,199}$/u.test(part)) throw unfit(address);
  return part;
}

function unfit(address: string): Fault {
  return new Fault(
    "export-failed",
    `the address ${JSON.stringify(address)} cannot become a file`,
    "This is a mistake in mailtide: please report it.",
  );
}

/** How one file of the folder points to another: `../../notice.txt`. */
export function relativeName(from: string, to: string): string {
  const here = from.split("/").slice(0, -1);
  const there = to.split("/");
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  return [...here.slice(shared).map(() => ".."), ...there.slice(shared)].join("/");
}
