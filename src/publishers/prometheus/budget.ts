// Which destinations get series of their own. A mail server may know a hundred thousand; Prometheus should not.

import type { DestinationView } from "../../core/report.ts";

/** The destinations with series of their own, and those that are counted together. */
export interface Budgeted {
  readonly named: readonly DestinationView[];
  readonly rest: readonly DestinationView[];
}

/**
 * Names the `limit` destinations with most waiting recipients, with hysteresis so that series do not flap: who is
 * among the first `limit` gets a name at once; who has one keeps it until it was outside of the first
 * `limit + slack` for `patience` reports in a row. Never more than `limit + slack` names.
 */
export class DestinationBudget {
  readonly #limit: number;
  readonly #slack: number;
  readonly #patience: number;
  /** Named destinations, with the number of reports in a row in which they were outside. */
  readonly #outside = new Map<string, number>();

  constructor(limit = 20, slack = 5, patience = 5) {
    this.#limit = Math.min(Math.max(limit, 1), 100);
    this.#slack = slack;
    this.#patience = patience;
  }

  /** Sorts the destinations of one report. To be called once a report, in order. */
  sort(destinations: readonly DestinationView[]): Budgeted {
    const ranked = [...destinations].sort(
      (a, b) => b.waiting - a.waiting || b.delivered - a.delivered || (a.name < b.name ? -1 : 1),
    );
    const near = new Set(ranked.slice(0, this.#limit + this.#slack).map((destination) => destination.name));
    for (const [name, times] of this.#outside) {
      const now = near.has(name) ? 0 : times + 1;
      if (now >= this.#patience) this.#outside.delete(name);
      else this.#outside.set(name, now);
    }
    for (const { name } of ranked.slice(0, this.#limit)) {
      if (!this.#outside.has(name)) this.#outside.set(name, 0);
    }
    while (this.#outside.size > this.#limit + this.#slack) this.#dropLongestOutside();
    return {
      named: ranked.filter((destination) => this.#outside.has(destination.name)),
      rest: ranked.filter((destination) => !this.#outside.has(destination.name)),
    };
  }

  #dropLongestOutside(): void {
    let worst = "";
    let most = -1;
    for (const [name, times] of this.#outside) {
      if (times > most) {
        worst = name;
        most = times;
      }
    }
    this.#outside.delete(worst);
  }
}
