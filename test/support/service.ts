// A mail service whose fate a test decides: what it lives through goes into the real observation, what people are told comes out.

import type { Observation } from "../../src/core/observation.ts";
import type { Circumstances } from "../../src/core/observe.ts";
import type { Report } from "../../src/core/report.ts";
import type { Act } from "../../src/core/status/incidents/acts.ts";
import type { Answer } from "../../src/core/status/incidents/answer.ts";
import type { Incident } from "../../src/core/status/incidents/incident.ts";
import { defaultSite, type PublicSite } from "../../src/core/status/site.ts";
import { type Instant, MINUTE } from "../../src/core/time.ts";
import { around, Story, seeing } from "./story.ts";

export class Service {
  readonly #story: Story;
  readonly site: PublicSite;
  zone = "UTC";
  /** Why mailtide cannot see; empty while it can. */
  blind = "";
  now: Instant;

  constructor(now: Instant, site: PublicSite = defaultSite, story = new Story()) {
    this.now = now;
    this.site = site;
    this.#story = story;
  }

  get known(): Observation {
    return this.#story.known;
  }

  set known(known: Observation) {
    this.#story.known = known;
  }

  /** Our mail server stops, or is back. */
  stops(at: Instant = this.now): void {
    this.known.stopped(at);
  }

  starts(at: Instant = this.now): void {
    this.known.watch.seen(true, at);
  }

  /** Probes of our addresses: how each is found, by name. Two looks, so that it is certain. */
  probes(states: Readonly<Record<string, boolean>>, at: Instant = this.now): void {
    const { endpoints } = this.known;
    endpoints.expect(Object.keys(states), MINUTE);
    for (const [endpoint, serves] of Object.entries(states)) {
      const look = { endpoint, took: 20, ours: false, code: serves ? 220 : 0, words: "", certificateEnds: undefined };
      endpoints.record({ ...look, at, stage: serves ? "served" : "connect" });
    }
  }

  act(act: Act): Answer {
    return this.known.act(act, this.site, this.now);
  }

  /** Does what must work, and answers its id. */
  does(act: Act): string {
    const answer = this.act(act);
    if (!answer.done) throw new Error(answer.says);
    return answer.id;
  }

  /** What is said at a moment, which becomes now. */
  at(now: Instant, over: Partial<Circumstances> = {}): Report {
    this.now = now;
    const observer = this.blind === "" ? seeing : { ...seeing, blind: true, why: this.blind };
    return this.#story.at(now, { ...around, site: this.site, zone: this.zone, observer, ...over });
  }

  /** What is said every `step` from now until a moment; the last of it. */
  until(to: Instant, step = MINUTE, each: (report: Report) => void = () => {}): Report {
    let report: Report | undefined;
    for (let at = this.now + step; at < to; at += step) {
      report = this.at(at);
      each(report);
    }
    report = this.at(to);
    each(report);
    return report;
  }

  get incidents(): readonly Incident[] {
    return this.known.said.book.incidents;
  }
}
