// Looks at our own addresses while mailtide serves: what they find goes into what is known with each beat.

import { hostname } from "node:os";
import { look } from "../../collectors/probe/connect.ts";
import { Prober } from "../../collectors/probe/probe.ts";
import { endpointName, parseTarget, resolveBySystem, type Target } from "../../collectors/probe/targets.ts";
import { Fault } from "../core/fault.ts";
import type { Observation } from "../core/observation.ts";
import type { ProbeResult, ProbeStage } from "../core/outages/endpoints.ts";
import type { ObserverView } from "../core/report.ts";
import { type Instant, instantText } from "../core/time.ts";
import { now } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Feed } from "./feed.ts";
import type { Screen } from "./screen.ts";

/** The targets of a configuration, which has been checked before. */
function targetsOf(addresses: readonly string[]): Target[] {
  return addresses.flatMap((text) => parseTarget(text) ?? []);
}

/** A prober for the addresses that are configured; undefined if none are. */
export function proberOf(config: Config): Prober | undefined {
  const { addresses, interval, timeout, name } = config.probe;
  if (addresses.length === 0) return undefined;
  const targets = targetsOf(addresses);
  return new Prober({ targets, interval, timeout, name: name ?? hostname(), clock: now, dice: Math.random });
}

/** A feed that looks at our own addresses besides. */
export class ProbingFeed implements Feed {
  readonly #feed: Feed;
  readonly #prober: Prober | undefined;

  constructor(feed: Feed, prober: Prober | undefined) {
    this.#feed = feed;
    this.#prober = prober;
  }

  get behind(): boolean {
    return this.#feed.behind === true;
  }

  async advance(known: Observation, at: Instant): Promise<void> {
    // Looks first: they are of before the log is read to its end.
    known.endpoints.expect(this.#prober?.endpoints() ?? [], this.#prober?.interval ?? 0);
    for (const result of this.#prober?.take() ?? []) known.endpoints.record(result);
    this.#prober?.advance(at);
    await this.#feed.advance(known, at);
  }

  observer(at: Instant): ObserverView {
    return this.#feed.observer(at);
  }

  async close(): Promise<void> {
    await this.#prober?.close();
    await this.#feed.close();
  }
}

/** Looks once and prints a line an address. Answers the exit code: 0 if all serve. Throws `Fault("config-invalid")`. */
export async function printProbe(
  config: Config,
  named: readonly string[],
  json: boolean,
  screen: Screen,
): Promise<number> {
  const addresses = named.length > 0 ? named : config.probe.addresses;
  const wrong = addresses.find((text) => parseTarget(text) === undefined);
  if (wrong !== undefined || addresses.length === 0) {
    throw new Fault(
      "config-invalid",
      wrong === undefined ? "there is no address to look at" : `"${wrong}" is not an address`,
      "Name addresses such as 192.0.2.1:25 or mx.example.org, here or under probe.addresses in the configuration.",
    );
  }
  const results = await probeOnce(config, addresses);
  for (const result of results) {
    const { at, certificateEnds } = result;
    const text = json
      ? JSON.stringify({ ...result, at: instantText(at), certificateEnds: instantText(certificateEnds) })
      : sentence(result);
    screen.write(`${text}\n`);
  }
  return results.every(({ stage }) => stage === "served") ? 0 : 1;
}

const failures: Readonly<Record<ProbeStage, string>> = {
  resolve: "has no address",
  connect: "cannot be connected to",
  banner: "accepts, but does not greet as it should",
  ehlo: "greets, but does not answer EHLO",
  starttls: "offers STARTTLS, and it fails",
  served: "serves",
};

function sentence({ endpoint, stage, ours, words, took, certificateEnds }: ProbeResult): string {
  const certificate = certificateEnds === undefined ? "" : `; its certificate ends ${instantText(certificateEnds)}`;
  if (stage === "served") return `${endpoint} serves (${(took / 1000).toFixed(2)} s${certificate})`;
  return `${endpoint} ${ours ? "cannot be judged from here" : failures[stage]}: ${words}`;
}

/** Looks once at everything that is configured or named, for a person; answers the results in the order of the list. */
export async function probeOnce(config: Config, addresses: readonly string[]): Promise<ProbeResult[]> {
  const { timeout } = config.probe;
  const name = config.probe.name ?? hostname();
  const results: ProbeResult[] = [];
  // One after another: this is to disturb nobody.
  for (const { host, port } of targetsOf(addresses)) {
    const found = await resolveBySystem(host).catch(() => []);
    if (found.length === 0) {
      results.push({
        endpoint: endpointName(host, port),
        at: now(),
        took: 0,
        stage: "resolve",
        ours: false,
        code: 0,
        words: `${host} has no address`,
        certificateEnds: undefined,
      });
    }
    for (const address of found) {
      const endpoint = endpointName(address, port);
      results.push(await look({ endpoint, address, port, servername: host, name, timeout, clock: now }));
    }
  }
  return results;
}
