// Keeps a folder up to date with what a running mailtide tells: at once when the news changes, else as often as is set.

import { Fault } from "../../core/fault.ts";
import type { Report } from "../../core/report.ts";
import type { PublicDocument } from "../../core/status/public/document.ts";
import type { Duration, Instant } from "../../core/time.ts";
import type { Counter, Publisher } from "../../publishers/publisher.ts";
import { ExportFolder } from "./folder.ts";
import { type CopySite, openSiteCopy } from "./site-copy.ts";

export interface ExportOptions {
  readonly directory: string;
  /** Without news, a new copy is made this often. */
  readonly interval: Duration;
  /** A copy holds this long. */
  readonly validFor: Duration;
  /** Told of trouble; the next report tries again. */
  complain(error: unknown): void;
}

export interface Exporter {
  /** Takes the next report; does not wait for the disk. */
  tell(report: Report): void;
  counters(): readonly Counter[];
  /** When all that was told is written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What makes a copy out of date at once: all that is news, and nothing that merely passes. */
function newsOf({
  phase,
  level,
  blind,
  headline,
  components,
  open,
  past,
  windows,
  holes,
  nextBy,
}: PublicDocument): string {
  const entries = [...open, ...past, ...windows].map(({ id, changed, status }) => [id, changed, status]);
  return JSON.stringify([phase, level, blind, headline, components, entries, holes, nextBy]);
}

/** Opens the folder's copy of the site. */
export async function openExporter(
  publishers: readonly Publisher[],
  site: CopySite,
  options: ExportOptions,
): Promise<Exporter> {
  const copy = await openSiteCopy(publishers, site, options.validFor);
  const folder = new ExportFolder(options.directory);
  let made: Instant = Number.NaN;
  let news = "";
  let next: Report | undefined;
  let working: Promise<void> | undefined;
  let failures = 0;
  let written: Instant | undefined;

  const work = async (): Promise<void> => {
    while (next !== undefined) {
      const report = next;
      next = undefined;
      try {
        await folder.write(await copy.filesOf(report));
        written = report.at;
      } catch (error) {
        failures++;
        news = "";
        made = Number.NaN;
        options.complain(
          error instanceof Fault
            ? error
            : new Fault("export-failed", "the copy of the site could not be made", "See mailtide's own log.", error),
        );
      }
    }
  };

  return {
    tell(report) {
      const now = newsOf(report.public);
      const since = report.at - made;
      if (now === news && since >= 0 && since < options.interval) return;
      news = now;
      made = report.at;
      next = report;
      working ??= work().finally(() => {
        working = undefined;
      });
    },
    counters: () => [
      { name: "mailtide_export_failures_total", labels: {}, value: failures },
      ...(written === undefined
        ? []
        : [{ name: "mailtide_export_timestamp_seconds", labels: {}, value: Math.floor(written / 1000) }]),
    ],
    async settled() {
      await working;
    },
    async close() {
      next = undefined;
      await working;
      await copy.close();
    },
  };
}
