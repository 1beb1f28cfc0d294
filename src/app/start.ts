// `mailtide start`: this machine's mail server if there is one, else the demonstration, said plainly.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Dialect } from "../../collectors/dialect.ts";
import type { Config } from "./config.ts";
import { demonstrate } from "./demonstration/demonstration.ts";
import { dialectNamed, discoverDialects } from "./discover.ts";
import type { Screen } from "./screen.ts";
import { serve } from "./serve.ts";
import { usableState } from "./state-place.ts";
import { isLoopback, parseListen } from "./web.ts";

export interface StartOptions {
  readonly demonstration: boolean;
}

/** What was found of a mail server on this machine. */
export interface Found {
  readonly dialect: Dialect | undefined;
  readonly log: string | undefined;
  /** For people: why there is nothing to follow. */
  readonly why: string;
}

/** Looks for a mail server: its installation and a log with something in it. Paths are looked up below `root`. */
export function find(dialects: readonly Dialect[], root = "/"): Found {
  for (const dialect of dialects) {
    if (!dialect.traces.some((path) => existsSync(join(root, path)))) continue;
    const usual = dialect.usualLogs.map((path) => join(root, path));
    const log = usual.find((path) => isReadableLog(path));
    if (log !== undefined) return { dialect, log, why: "" };
    const there = usual.find((path) => existsSync(path));
    return {
      dialect,
      log: undefined,
      why:
        there === undefined
          ? `${dialect.title} is installed here, but it has no log in any usual place`
          : `${dialect.title} is installed here, but its log ${there} is empty or may not be read`,
    };
  }
  return { dialect: undefined, log: undefined, why: "there is no mail server on this machine" };
}

function isReadableLog(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).size > 0;
  } catch {
    return false;
  }
}

/** What is to be started: the configuration to serve, or why there is only a demonstration. */
export type Choice =
  | { readonly serve: Config; readonly found: string | undefined }
  | { readonly serve: undefined; readonly why: string };

/** Decides: what is configured, else what is found below `root`, else the demonstration. Throws `Fault("dialect-unknown")`. */
export async function choose(config: Config, root = "/"): Promise<Choice> {
  const known = { ...config, state: usableState(config) };
  if (config.logs !== undefined) {
    await dialectNamed(config.mta.dialect);
    return { serve: known, found: undefined };
  }
  const { dialect, log, why } = find(await discoverDialects(), root);
  if (dialect === undefined || log === undefined) return { serve: undefined, why };
  return { serve: { ...known, mta: { ...config.mta, dialect: dialect.name }, logs: [log] }, found: dialect.title };
}

/** Starts what can be started. */
export async function start(config: Config, options: StartOptions, screen: Screen): Promise<void> {
  const zone = config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!options.demonstration) {
    const choice = await choose(config);
    if (choice.serve !== undefined) {
      if (choice.found !== undefined) screen.write(`\n  Found ${choice.found} on this machine.\n`);
      await serve(choice.serve, screen);
      return;
    }
    screen.write(`\n  No mail server to watch: ${choice.why}.\n`);
    screen.write(
      "  Showing a demonstration instead. To watch a server, name its log: MAILTIDE_LOGS=/path/to/mail.log npm start\n",
    );
  }
  await demonstrate(
    await dialectNamed("postfix"),
    {
      // What nobody asked for is not shown to a network, whatever the configuration of the real thing says.
      listen: options.demonstration ? config.listen : onLoopback(config.listen),
      zone,
      everyone: config.administrators === "everyone",
    },
    screen,
  );
}

/** The same port, on this machine only. */
export function onLoopback(address: string): string {
  const { host, port } = parseListen(address);
  return isLoopback(host) ? address : `127.0.0.1:${port}`;
}
