#!/usr/bin/env node
// The front door: a table of subcommands. Wires the two sides, decides nothing.

import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import type { Screen } from "../src/app/screen.ts";

// Before anything of ours is loaded: what Node makes of the TypeScript is kept, and each command loads only what it needs.
if (process.env.NODE_COMPILE_CACHE === undefined) {
  enableCompileCache(fileURLToPath(new URL("../.runtime/compile-cache", import.meta.url)));
}
const { version } = await import("../src/app/version.ts");
const { addOperatorVerbs } = await import("../src/app/operator/verbs.ts");

const screen: Screen = {
  write: (text) => void process.stdout.write(text),
  terminal: process.stdout.isTTY === true,
};

function seconds(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (parts === null || Number(parts[1]) === 0) throw new InvalidArgumentError("Give a time such as 30s or 5m.");
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[parts[2] ?? "s"] ?? 1000;
  return Number(parts[1]) * unit;
}

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError("Give a time with its zone, such as 2026-11-22T04:00:00Z.");
  return at;
}

const program = new Command("mailtide")
  .description("Watches a mail server's queue and logs: what waits, when it clears, and what to tell people.")
  .version(version)
  .showHelpAfterError("(mailtide --help shows how to call it)");

program
  .command("serve")
  .description("follow this host's mail server and publish (needs a source: never shows a demonstration)")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .option("--listen <address>", "address of the web server")
  .action(async (options: { config?: string; listen?: string }) => {
    const { serve } = await import("../src/app/serve.ts");
    await serve(await configured(options), screen);
  });

program
  .command("start")
  .description("watch this machine's mail server if there is one, else show a recorded outage")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .option("--listen <address>", "address of the web server")
  .option("--demonstration", "show the recorded outage in any case", false)
  .action(async (options: { config?: string; listen?: string; demonstration: boolean }) => {
    const { start } = await import("../src/app/start.ts");
    await start(await configured(options), options, screen);
  });

program
  .command("report")
  .description("what happened, from log files: plain or compressed, in any order")
  .argument("<files...>", "log files")
  .option("--json", "one JSON object", false)
  .option("--dialect <name>", "which mail server wrote them", "postfix")
  .option("--zone <zone>", "time zone of stamps that carry none", "UTC")
  .option("--postconf <file>", "what postconf printed, for the retry schedule")
  .action(async (files: string[], options: { json: boolean; dialect: string; zone: string; postconf?: string }) => {
    const { postMortem } = await import("../src/app/post-mortem/post-mortem.ts");
    const { dialectNamed, languagesNamed } = await found();
    process.exitCode = await postMortem(files, {
      dialect: await dialectNamed(options.dialect),
      json: options.json,
      zone: options.zone,
      languages: await languagesNamed(["en"]),
      ...(options.postconf === undefined ? {} : { postconf: options.postconf }),
      stdout: (text) => void process.stdout.write(text),
      stderr: (text) => void process.stderr.write(text),
      progress: process.stderr.isTTY === true,
      terminal: process.stdout.isTTY === true,
    });
  });

program
  .command("replay")
  .description("play a recorded outage through the real pipeline, one line a step")
  .argument("<recording>", "folder with mail.log.gz, snapshots/ and config/")
  .option("--every <time>", "length of a step", seconds, 30_000)
  .option("--json", "NDJSON", false)
  .option("--dialect <name>", "which mail server was recorded", "postfix")
  .option("--zone <zone>", "time zone of the times in sentences", "UTC")
  .option("--what-if <question>", 'asked at each step: "faster by 2", "flush now", "outage lasts until +2h"')
  .action(
    async (
      folder: string,
      options: { every: number; json: boolean; dialect: string; zone: string; whatIf?: string },
    ) => {
      const { replay, stepJson, stepText } = await import("../src/app/replay.ts");
      const { dialectNamed, languagesNamed } = await found();
      const dialect = await dialectNamed(options.dialect);
      const say = options.json ? stepJson : stepText;
      for await (const report of replay(folder, dialect, {
        every: options.every,
        zone: options.zone,
        ...(options.whatIf === undefined ? {} : { whatIf: options.whatIf }),
        languages: await languagesNamed(["en"]),
      })) {
        process.stdout.write(`${say(report)}\n`);
      }
    },
  );

program
  .command("publish")
  .description("write the public site into a folder, for any web server, bucket or file manager")
  .requiredOption("--dir <folder>", "where to; files are replaced one by one, each in one step")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .option("--recording <folder>", "publish a recorded outage, said to be one, instead of this machine's mail server")
  .option("--at <time>", "moment of the recording, such as 2026-11-22T04:00:00Z; else its end", moment)
  .action(async (options: { dir: string; config?: string; recording?: string; at?: number }) => {
    const { publishOnce } = await import("../src/app/export/command.ts");
    await publishOnce(await configured(options.config === undefined ? {} : { config: options.config }), {
      directory: options.dir,
      ...(options.recording === undefined ? {} : { recording: options.recording }),
      ...(options.at === undefined ? {} : { at: options.at }),
      write: (text) => void process.stdout.write(text),
    });
  });

program
  .command("read")
  .description("explain log lines, one JSON object a line")
  .argument("<file>", "a log file, or - for standard input")
  .option("--dialect <name>", "which mail server wrote it", "postfix")
  .option("--zone <zone>", "time zone of stamps that carry none", "UTC")
  .option("--json", "NDJSON (the only form there is)", true)
  .action(async (file: string, options: { dialect: string; zone: string }) => {
    const { read } = await import("../src/app/read.ts");
    const { discoverDialects } = await found();
    const { now } = await import("../src/app/clock.ts");
    await read(
      {
        file,
        dialects: await discoverDialects(),
        dialect: options.dialect,
        zone: options.zone,
        reference: now(),
        stdin: process.stdin,
      },
      process.stdout,
    );
  });

program
  .command("probe")
  .description("look at our own addresses once, as a sender would; exit code 1 if one does not serve")
  .argument("[addresses...]", "addresses or names with ports (25); without any: those of the configuration")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .option("--json", "NDJSON", false)
  .action(async (addresses: string[], options: { config?: string; json: boolean }) => {
    const { printProbe } = await import("../src/app/probing.ts");
    const config = await configured(options);
    process.exitCode = await printProbe(config, addresses, options.json, screen);
  });

program
  .command("check-config")
  .description("check the configuration and say what is set")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .action(async (options: { config?: string }) => {
    const config = await configured(options);
    process.stdout.write(
      `${options.config ?? "the environment and the defaults"}: right.\n${JSON.stringify(config, null, 2)}\n`,
    );
  });

const lookout = program
  .command("lookout")
  .description("a spare MX for when our mail server is down: takes no mail, remembers who will come back")
  .option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG)
  .option("--listen <address>", "address of the web server")
  .action(async (options: { config?: string; listen?: string }) => {
    const { keepLookout } = await import("../src/app/lookout.ts");
    await keepLookout(await configured(options), screen);
  });

lookout
  .command("returns")
  .description("of a mail log on standard input: who came back, as marks for a lookout's list (lookout.returns)")
  .option("--dialect <name>", "which mail server wrote it", "postfix")
  .option("--zone <zone>", "time zone of stamps that carry none", "UTC")
  .action(async (options: { dialect: string; zone: string }, command: Command) => {
    const { printReturns } = await import("../src/app/lookout.ts");
    const { dialectNamed } = await found();
    const { config } = command.optsWithGlobals<{ config?: string }>();
    await printReturns(await configured(config === undefined ? {} : { config }), {
      dialect: await dialectNamed(options.dialect),
      zone: options.zone,
      input: process.stdin,
      output: process.stdout,
    });
  });

addOperatorVerbs(
  program,
  async (options) => {
    const { usableState } = await import("../src/app/state-place.ts");
    const config = await configured(options);
    return { ...config, state: usableState(config) };
  },
  screen,
);

/** The configuration with what the command line says. */
async function configured(options: { readonly config?: string; readonly listen?: string }) {
  const { loadConfig } = await import("../src/app/config.ts");
  const config = loadConfig(options.config, process.env);
  return options.listen === undefined ? config : { ...config, listen: options.listen };
}

/** Dialects and languages, by name. */
async function found() {
  const [{ dialectNamed, discoverDialects }, { languagesNamed }] = await Promise.all([
    import("../src/app/discover.ts"),
    import("../src/app/languages.ts"),
  ]);
  return { dialectNamed, discoverDialects, languagesNamed };
}

// A reader that has seen enough (head, less) closes the pipe: not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  const { Fault } = await import("../src/core/fault.ts");
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(`mailtide: ${error.message.replace(/\.$/, "")}. (${error.code})\n  ${error.advice}\n`);
  process.exitCode = 2;
}
