// A story of a mail service, told to the real observation look by look, and what its users read, as a text.

import type { Report } from "../../../src/core/report.ts";
import type { Act } from "../../../src/core/status/incidents/acts.ts";
import type { PublicSite } from "../../../src/core/status/site.ts";
import { HOUR, type Instant, MINUTE } from "../../../src/core/time.ts";
import { Service } from "../../support/service.ts";
import { arrives, clock, clockText, goes, leaves, Story } from "../../support/story.ts";

/** What happens at a time of a story, `Thu 17:11`. */
export type Event = readonly [at: string, happens: (story: Chronicle) => void];

/** Mail that comes in for somebody here and is delivered. */
function mail(at: Instant, id: string): string[] {
  const [came, gone] = [clockText(at), clockText(at + 1000)];
  return [...arrives(came, id), goes(gone, id), leaves(gone, id)];
}

/** A line of a story at a later time. */
function moved(line: string, by: number): string {
  const time = /^(?:\d+d )?\d\d:\d\d:\d\d/.exec(line)?.[0] ?? "";
  return clockText(clock(time) + by) + line.slice(time.length);
}

/** A service with its story: usual mail every few minutes, and what the test makes of it. */
export class Chronicle {
  readonly service: Service;
  readonly #story: Story;
  readonly #zone: string;
  readonly reports: Report[] = [];
  readonly lines: string[] = [];
  #next = 0xa00000;
  #shown = "";
  /** How our addresses are found by probes, while they are probed. */
  addresses: Readonly<Record<string, boolean>> | undefined;
  /** Usual mail that comes in while the server works, a message every so often; 0 for none. */
  every = 0;
  #last = 0;
  /** What is really so, by the test: nothing works, something fails, or mail is late. */
  truth: "well" | "late" | "some" | "down" = "well";
  readonly truths: (typeof this.truth)[] = [];

  constructor(from: Instant, site: PublicSite, zone: string) {
    this.#story = new Story();
    this.service = new Service(from, site, this.#story);
    this.service.zone = zone;
    this.#zone = zone;
  }

  #id(): string {
    return (this.#next++).toString(16).toUpperCase();
  }

  /** Late mail pours in and is delivered as fast as it can be checked: `count` messages from now, through by `until`. */
  pours(count: number, until: Instant): void {
    const { now } = this.service;
    const lines: [Instant, string[]][] = [];
    for (let i = 0; i < count; i++) {
      const id = this.#id();
      const came = now + Math.floor((i / count) * 10 * MINUTE);
      const through = Math.max(came + 30_000, now + Math.floor(((i + 1) / count) * (until - now)));
      lines.push([came, arrives(clockText(came), id)]);
      lines.push([through, [goes(clockText(through), id), leaves(clockText(through), id)]]);
    }
    this.#coming.push(...lines);
    this.#coming.sort(([a], [b]) => a - b);
  }

  /** The server is gone again: what has not come in or gone through yet does so from a later time on. */
  holdsBack(until: Instant): void {
    const first = this.#coming[0]?.[0];
    if (first === undefined) return;
    const shift = until - first;
    const later = this.#coming.map(([at, lines]) => [at + shift, lines.map((line) => moved(line, shift))] as const);
    this.#coming.splice(0, this.#coming.length, ...later.map(([at, lines]): [Instant, string[]] => [at, lines]));
  }

  readonly #coming: [Instant, string[]][] = [];

  /** Every look from now to a moment, with what the log says until then. */
  look(at: Instant): void {
    const due: string[] = [];
    if (this.every > 0 && this.truth !== "down") {
      for (let then = Math.max(this.#last, at - HOUR) + this.every; then <= at; then += this.every) {
        due.push(...mail(then, this.#id()));
      }
    }
    if (this.every > 0) this.#last = at - (at % this.every);
    while (this.#coming.length > 0 && this.#coming[0][0] <= at) due.push(...(this.#coming.shift()?.[1] ?? []));
    if (due.length > 0) this.#story.tell(...due);
    if (this.addresses !== undefined) this.service.probes(this.addresses, at, 10 * MINUTE);
    const report = this.service.at(at);
    this.reports.push(report);
    this.truths.push(this.truth);
    this.#write(report);
  }

  /** Usual mail, a message every `every`. */
  usual(from: Instant, to: Instant, every: number): void {
    const lines: string[] = [];
    for (let at = from; at < to; at += every) lines.push(...mail(at, this.#id()));
    this.#story.tell(...lines);
  }

  #write(report: Report): void {
    const { public: seen } = report;
    const [headline, notice] = [seen.headline.en, seen.notice.en];
    const parts = seen.components.map(({ name, state }) => `${name}: ${state}`).join(", ");
    const shown = `${seen.phase} ${headline} ${parts}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const text = notice
      .split("\n")
      .map((line) => `    ${line}`)
      .join("\n");
    this.lines.push(
      `${this.time(report.at)}  ${headline}  (${seen.phase}${seen.blind ? ", blind" : ""})\n    ${parts}\n${text}\n`,
    );
  }

  /** Lives through events, with a look every `step` and one at each of them. */
  live(events: readonly Event[], moment: (text: string) => Instant, until: Instant, step: number): this {
    const due = events.map(([at, happens]) => [moment(at), happens] as const);
    let next = 0;
    for (let at = this.service.now; at <= until; ) {
      this.service.now = at;
      while (next < due.length && due[next][0] <= at) due[next++][1](this);
      this.look(at);
      const then = next < due.length ? due[next][0] : Number.POSITIVE_INFINITY;
      at = Math.min(at + step, Math.max(then, at + 1000));
    }
    return this;
  }

  /** Everything that was written into an incident or a window, when it was. */
  history(): string {
    const last = this.reports.at(-1);
    if (last === undefined) return "";
    const all = [...last.public.past, ...last.public.open].sort((a, b) => a.opened - b.opened);
    const said = all.map(({ name, began, resolved, impact, updates }) => {
      const lines = updates
        .toReversed()
        .map(
          ({ at, by, status, words }) =>
            `  ${this.time(at)}  ${status}${by === "operator" ? ", by the operator" : ""}: ${words.en.replaceAll("\n", " ")}`,
        );
      return `${name.en} (${impact}; ${this.time(began)} to ${resolved === undefined ? "now" : this.time(resolved)})\n${lines.join("\n")}\n`;
    });
    return said.join("\n");
  }

  time(at: Instant): string {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone: this.#zone,
      weekday: "short",
      day: "2-digit",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    })
      .format(at)
      .replace(/,/g, "");
  }

  does(act: Act): string {
    return this.service.does(act);
  }
}
