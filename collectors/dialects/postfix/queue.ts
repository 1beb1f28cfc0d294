// How to ask Postfix for its queue, and what its answers mean.

import type { Listing, ListingVerdict, MtaSite, SpoolTimes } from "../../dialect.ts";
import { openJsonListing } from "./queue-json.ts";
import { openTextListing } from "./queue-text.ts";
import { openShowqListing } from "./showq.ts";

/**
 * The ways to list the queue, the best first: the service's socket, where the queue folder is known (no process to start;
 * needs the group `postdrop`), then `postqueue -j` (Postfix 3.1 and later), then `postqueue -p`. A message that changes
 * queues while it is being listed may appear twice in each.
 */
export function listings(site: MtaSite): readonly Listing[] {
  const ways: Listing[] = [];
  if (site.queueDirectory !== undefined) {
    ways.push({
      by: "socket",
      name: "showq-socket",
      path: `${site.queueDirectory}/public/showq`,
      open: openShowqListing,
      judge: judgeSocket,
    });
  }
  ways.push(
    {
      by: "command",
      name: "postqueue-json",
      command: ["postqueue", ...configured(site), "-j"],
      open: openJsonListing,
      judge: judgeCommand,
    },
    {
      by: "command",
      name: "postqueue-text",
      command: ["postqueue", ...configured(site), "-p"],
      // Commands are run with UTC as their zone.
      open: (now) => openTextListing({ now, zone: "UTC" }),
      judge: judgeCommand,
    },
  );
  return ways;
}

/** The folder in which Postfix keeps the time of the next attempt as the files' modification time. */
export function spoolTimes(site: MtaSite): SpoolTimes | undefined {
  return site.queueDirectory === undefined ? undefined : { folder: `${site.queueDirectory}/deferred` };
}

/** The command that prints every setting, also those that others refer to. */
export function configurationCommand(site: MtaSite): readonly string[] {
  return ["postconf", ...configured(site)];
}

function configured(site: MtaSite): readonly string[] {
  return site.configDirectory === undefined ? [] : ["-c", site.configDirectory];
}

const start = "Start Postfix: systemctl start postfix (or postfix start).";
const join = "Add mailtide's user to the group postdrop (usermod -aG postdrop USER) and start mailtide again.";

/** What Postfix said on its way out, told apart by its texts: its exit status is 69 for nearly everything. */
const answers: readonly {
  readonly said: RegExp;
  readonly outcome: "stopped" | "forbidden" | "failed";
  readonly advice: string;
}[] = [
  { said: /mail system is down|showq service: Connection refused/i, outcome: "stopped", advice: start },
  {
    said: /not allowed to view the mail queue/,
    outcome: "forbidden",
    advice: "Allow it: add mailtide's user to authorized_mailq_users in Postfix's main.cf, then postfix reload.",
  },
  {
    said: /unauthorized configuration directory name/,
    outcome: "forbidden",
    advice:
      "Name this configuration folder in alternate_config_directories (or multi_instance_directories) of the default main.cf.",
  },
  { said: /showq service: Permission denied/, outcome: "forbidden", advice: join },
  {
    said: /Permission denied/,
    outcome: "forbidden",
    advice: "Let mailtide's user read Postfix's configuration folder.",
  },
  {
    said: /invalid option|usage:/,
    outcome: "failed",
    advice: "This Postfix is too old for this listing (before 3.1): use the listing postqueue-text.",
  },
  {
    said: /ENOENT/,
    outcome: "failed",
    advice: "Install Postfix on this host, or put the folder of its postqueue into PATH.",
  },
];

function judgeCommand(exit: number | null, stderr: string): ListingVerdict {
  if (exit === 0) {
    return /accessing queue directly/.test(stderr) ? { outcome: "listed-while-stopped" } : { outcome: "listed" };
  }
  const message =
    plain(stderr) || (exit === null ? "postqueue was ended by a signal" : `postqueue ended with status ${exit}`);
  for (const { said, outcome, advice } of answers) if (said.test(stderr)) return { outcome, message, advice };
  return { outcome: "failed", message, advice: "Run postqueue -j as mailtide's user and see what it says." };
}

function judgeSocket(
  error: { readonly code: string | undefined; readonly message: string } | undefined,
): ListingVerdict {
  if (error === undefined) return { outcome: "listed" };
  const message = plain(error.message);
  if (error.code === "ECONNREFUSED") return { outcome: "stopped", message, advice: start };
  if (error.code === "EACCES" || error.code === "EPERM") return { outcome: "forbidden", message, advice: join };
  if (error.code === "ENOENT") {
    return {
      outcome: "failed",
      message,
      advice: "Compare the queue folder with `postconf queue_directory`; if it is right, start Postfix.",
    };
  }
  return { outcome: "failed", message, advice: "Look into Postfix's log for a warning of its showq service." };
}

/** The last lines of what a command said, without its labels and without anything that a terminal would obey. */
function plain(said: string): string {
  return said
    .split("\n")
    .map((line) =>
      line
        .replace(/^\w+: (?:(?:fatal|error|warning): )?/, "")
        .replace(/\p{C}/gu, "?")
        .trim(),
    )
    .filter((line) => line !== "")
    .join("; ")
    .slice(0, 300);
}
