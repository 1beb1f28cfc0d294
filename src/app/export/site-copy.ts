// The whole public site as files: every public address of every publisher is asked, so a new publisher is in it by itself.

import { createHash } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { Report } from "../../core/report.ts";
import { type Duration, type Instant, instantText, MINUTE } from "../../core/time.ts";
import type { Published, Publisher, PublisherSite } from "../../publishers/publisher.ts";
import { openWeb } from "../web.ts";
import { fileNameOf } from "./file-names.ts";
import { pageCopy } from "./page-copy.ts";
import { validityWords } from "./validity.ts";

/** Told to whoever fetches the copy as a whole; it is written last. */
export const indexName = "mailtide-export.json";

export interface CopiedFile {
  /** In the folder, with slashes. */
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
}

export interface SiteCopy {
  /** The files of a report, in the order in which they should appear: what is linked to before what links, the index last. */
  filesOf(report: Report): Promise<readonly CopiedFile[]>;
  close(): Promise<void>;
}

/** What a copy's publishers are told; what sends or keeps something is not for them. */
export type CopySite = Omit<PublisherSite, "web" | "copy" | "webhooks" | "folder" | "counters">;

/** When a copy of a moment ceases to hold: whole minutes, as everything says it. */
export function validUntil(at: Instant, validFor: Duration): Instant {
  return Math.floor(at / MINUTE) * MINUTE + validFor;
}

/** Opens publishers on a server of their own that nobody can reach. */
export async function openSiteCopy(
  publishers: readonly Publisher[],
  site: CopySite,
  validFor: Duration,
): Promise<SiteCopy> {
  const web = await openWeb({ administrators: "this-machine", unlimited: true });
  const fixed: string[] = [];
  const byId: string[] = [];
  web.addHook("onRoute", ({ method, url, config }) => {
    const methods = Array.isArray(method) ? method : [method];
    if (!methods.includes("GET") || config?.audience === "administrator" || config?.copied === false) return;
    if (!/[:*]/.test(url)) fixed.push(url);
    else if (/^[^:*]*\/:id$/.test(url)) byId.push(url);
  });
  const published: Published[] = [];
  for (const one of publishers) published.push(await one.open({ ...site, web, copy: { validFor } }));

  return {
    async filesOf(report) {
      for (const one of published) one.publish(report);
      const { open, past, windows } = report.public;
      const ids = [...open, ...past, ...windows].map(({ id }) => encodeURIComponent(id));
      const guessed = new Set(byId.flatMap((route) => ids.map((id) => route.replace(":id", id))));
      const named = [...fixed, ...published.flatMap((one) => one.exports?.() ?? [])];
      const answers: Answer[] = [];
      for (const address of new Set([...named, ...guessed])) {
        const { statusCode, headers, rawPayload } = await web.inject({ url: address, headers: { host: "localhost" } });
        if (statusCode >= 300 && statusCode < 400) continue;
        // Of an incident's id there need be no planned work.
        if (statusCode === 404 && guessed.has(address)) continue;
        if (statusCode !== 200) throw unanswered(address, statusCode);
        const type = String(headers["content-type"] ?? "application/octet-stream");
        const policy = headers["content-security-policy"];
        answers.push({
          address,
          name: fileNameOf(address, type),
          type,
          body: rawPayload,
          policy: typeof policy === "string" ? policy : undefined,
        });
      }
      return finished(answers, report, validFor);
    },
    async close() {
      await web.close();
      for (const one of published) await one.close();
    },
  };
}

interface Answer extends CopiedFile {
  readonly address: string;
  readonly policy: string | undefined;
}

function finished(answers: readonly Answer[], report: Report, validFor: Duration): CopiedFile[] {
  const { at, zone, languages, demonstration, url } = report.public;
  const until = validUntil(at, validFor);
  const names = new Map(answers.map(({ address, name }) => [address, name]));
  // Behind a proxy that gives the site a folder, its pages name each other with that folder before the address.
  const folder = url === undefined ? "" : new URL(url).pathname.replace(/\/$/, "");
  const fileOf = (address: string): string | undefined =>
    names.get(address) ?? (address.startsWith(`${folder}/`) ? names.get(address.slice(folder.length)) : undefined);
  const files = answers.map(({ address, name, type, body, policy }): CopiedFile => {
    const text = Buffer.from(body).toString("utf8");
    if (type.startsWith("text/html")) {
      const page = pageCopy(text, { address, file: name, policy, fileOf, zone, made: at, until });
      return { name, type, body: Buffer.from(page) };
    }
    if (type.startsWith("text/plain")) {
      const { holds } = validityWords(languages[0], zone, at, until);
      return { name, type, body: Buffer.from(`${text.trimEnd()}\n\n${holds}\n`) };
    }
    return { name, type, body };
  });
  files.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const index = {
    made: instantText(at),
    valid_until: instantText(until),
    demonstration,
    files: files.map(({ name, type, body }) => ({
      name,
      type,
      bytes: body.length,
      sha256: createHash("sha256").update(body).digest("hex"),
    })),
  };
  const body = Buffer.from(`${JSON.stringify(index, null, 1)}\n`);
  return [...files, { name: indexName, type: "application/json; charset=utf-8", body }];
}

/** What links comes after what it links to, and the front page last of all. */
function rank({ name, type }: CopiedFile): number {
  if (name === "index.html") return 2;
  return type.startsWith("text/html") ? 1 : 0;
}

function unanswered(address: string, code: number): Fault {
  return new Fault(
    "export-failed",
    `the site's own address ${address} answered ${code}, so the copy would not be whole`,
    "The last copy is left as it is. This is a mistake in mailtide: please report it.",
  );
}
