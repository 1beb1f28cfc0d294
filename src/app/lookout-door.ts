// A lookout that runs: senders at its door, its memory on disk, and what it counted told over the wire.

import { readFileSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { usualLimits } from "../../collectors/lookout/limits.ts";
import { type Listener, listenForSenders } from "../../collectors/lookout/listener.ts";
import { Lookout, type LookoutReport } from "../../collectors/lookout/lookout.ts";
import { markerWith } from "../../collectors/lookout/marks.ts";
import { Fault } from "../core/fault.ts";
import { classOf } from "../core/retries/senders/classify.ts";
import type { LookoutSighting } from "../core/retries/senders/lookouts.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../core/time.ts";
import type { Outlet } from "../wire/wire.ts";
import { now } from "./clock.ts";
import type { Config } from "./config.ts";
import { decodeAnswer, encodeDespatch, mostReturns } from "./lookout-despatch.ts";
import { parseListen } from "./web.ts";

/** Where the key of the marks lies. */
export const keyIn = (config: Config): string => join(config.lookout.folder, "key");

/** Who is told over the wire, and how that goes. */
export interface Telling {
  /** When mailtide on the mail host last answered; `undefined`: never. */
  told: Instant | undefined;
  /** Why it does not, in words; empty if it does. */
  fault: string;
}

export interface Door {
  readonly lookout: Lookout;
  readonly listener: Listener;
  readonly telling: Telling;
  /** Called once a second. */
  round(): Promise<void>;
  close(): Promise<void>;
}

const tellEvery: Duration = 10 * SECOND;
/** A lookout that was away no longer has missed nobody: no sender gives up in that time, and all come again. */
const noBreak: Duration = 5 * MINUTE;

/** Opens the door. `complain` is told of trouble, the same again and again. Throws a Fault if it cannot be opened. */
export async function openDoor(
  config: Config,
  key: Uint8Array,
  outlet: Outlet | undefined,
  complain: (trouble: unknown) => void,
): Promise<Door> {
  const settings = config.lookout;
  const file = join(settings.folder, "held");
  const alive = modified(file);
  const { lookout, laidAside } = Lookout.open(file, { messages: settings.messages, patience: settings.patience });
  if (laidAside !== undefined) complain(`What the lookout knew was damaged, and lies in ${laidAside}. It begins anew.`);
  if (Number.isNaN(lookout.watching) || !(now() - alive <= noBreak)) lookout.watching = now();
  const keep = (how: () => void): void => {
    try {
      how();
    } catch (error) {
      complain(error);
    }
  };
  // From here on a journal is there before the first sender is.
  keep(() => lookout.save(file));
  const tls = certificateOf(config);
  const address = parseListen(settings.smtp);
  const listener = await listenForSenders(
    {
      ...address,
      name: settings.name ?? hostname(),
      reads: settings.reads,
      domains: settings.domains ?? [],
      limits: usualLimits,
      mark: markerWith(key),
      clock: now,
      classify: ({ helo, received }) => classOf({ helo, ...(received === undefined ? {} : { received }) }).senderClass,
      ...(tls === undefined ? {} : { tls }),
    },
    lookout,
  ).catch((error: unknown) => {
    throw doorFault(settings.smtp, address.port, error);
  });

  const telling: Telling = { told: undefined, fault: "" };
  let tellAt = Number.NEGATIVE_INFINITY;
  let speaking: Promise<void> | undefined;
  const tell = async (to: Outlet): Promise<void> => {
    try {
      for (let more = true; more; ) {
        const sighting = sightingOf(lookout, now());
        const answer = decodeAnswer(
          (await to.send(encodeDespatch({ sighting, heard: { ...heardOf(lookout) } }))) ?? none,
        );
        telling.told = now();
        telling.fault = "";
        if (answer === undefined) return;
        lookout.hearReturns(answer.stream, answer.first, answer.returns);
        more = answer.returns.length === mostReturns;
      }
    } catch (error) {
      telling.fault = error instanceof Fault ? error.message : String(error);
      complain(error);
    }
  };
  return {
    lookout,
    listener,
    telling,
    async round() {
      const { returns } = settings;
      if (returns !== undefined) keep(() => readList(lookout, returns));
      keep(() => lookout.keep(file));
      const at = now();
      if (outlet === undefined || speaking !== undefined || Math.abs(at - tellAt) < tellEvery) return;
      tellAt = at;
      touch(file, at);
      speaking = tell(outlet).finally(() => {
        speaking = undefined;
      });
    },
    async close() {
      await listener.close();
      await outlet?.close();
      await speaking;
      keep(() => lookout.close(file));
    },
  };
}

/** Reads on in the list of returns. Throws a Fault if it cannot be read: whoever brings it often owns it too. */
function readList(lookout: Lookout, path: string): void {
  try {
    lookout.readReturned(path);
  } catch (error) {
    throw new Fault(
      "source-forbidden",
      `the list of returns ${path} cannot be read`,
      "Let mailtide's user read it; until then nothing of it is ticked off, and senders are counted as before.",
      error,
    );
  }
}

const none = new Uint8Array();

function heardOf({ heard: { stream, number } }: Lookout): { stream: string; number: number } {
  return { stream, number };
}

/** What is told over the wire: counts, and how each class of senders waits. */
export function sightingOf(lookout: Lookout, at: Instant): LookoutSighting {
  const { messages, cohorts, intervals }: LookoutReport = lookout.report(at);
  const classes = new Set([...Object.keys(messages.byClass), ...Object.keys(intervals.byClass)]);
  return {
    lookout: lookout.id,
    at,
    watching: lookout.watching,
    cohorts: cohorts
      .filter(({ held, returned, silent }) => held + returned + silent > 0)
      .map(({ from, held, heldAtMost, returned, silent }) => ({ from, held, heldAtMost, returned, silent })),
    byClass: Object.fromEntries(
      [...classes].map((name) => [name, { held: messages.byClass[name] ?? 0, waits: intervals.byClass[name] ?? [] }]),
    ),
  };
}

/** When the file was last written or touched; `NaN` if there is none. */
function modified(file: string): Instant {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}

function touch(file: string, at: Instant): void {
  try {
    utimesSync(file, at / SECOND, at / SECOND);
  } catch {
    // It is told elsewhere that the file cannot be written.
  }
}

function certificateOf({ lookout }: Config): { certificate: string; key: string } | undefined {
  const { certificate, private_key } = lookout;
  if (certificate === undefined && private_key === undefined) return undefined;
  const advice = "Give both as files in PEM that mailtide's user may read, or neither: STARTTLS is then not offered.";
  if (certificate === undefined || private_key === undefined) {
    throw new Fault("config-invalid", "of lookout.certificate and lookout.private_key one is missing", advice);
  }
  try {
    const read = { certificate: readFileSync(certificate, "utf8"), key: readFileSync(private_key, "utf8") };
    createSecureContext({ cert: read.certificate, key: read.key });
    return read;
  } catch (error) {
    throw new Fault("config-invalid", "the certificate of the lookout cannot be read", advice, error);
  }
}

function doorFault(where: string, port: number, cause: unknown): Fault {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why =
    { EADDRINUSE: "another program listens there", EACCES: "that needs rights" }[code] ?? (code || "it was refused");
  const advice =
    port < 1024
      ? "Give this user the right to low ports (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE), stop what listens there, or set lookout.smtp."
      : "Stop what listens there, or set lookout.smtp to another address.";
  return new Fault("listen-failed", `the lookout cannot listen for senders on ${where}: ${why}`, advice, cause);
}
