// A notice before it is text: sentences in four places, in the order of rule 1. What there is no room for is left out from the end.

import type { Labels } from "./labels.ts";
import type { NoticeFacts } from "./language.ts";
import type { Filling, SentenceName } from "./sentences.ts";
import type { Speech, Teller } from "./speech.ts";

/** If the notice would be too long, what `may` be said is left out first, then what `ought` to; never what `must` be. */
export type Weight = "must" | "ought" | "may";

interface Line {
  readonly text: string;
  readonly weight: Weight;
}

/** Of 180: the rest is for the name of the zone, and for those of the days at which the clock is put back. */
const mostWords = 172;

export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

export type Place = "happened" | "means" | "doing";

export class Draft {
  readonly #lines: Record<Place, Line[]> = { happened: [], means: [], doing: [] };
  readonly teller: Teller;
  #next: string | undefined;

  constructor(teller: Teller) {
    this.teller = teller;
  }

  say<Name extends SentenceName>(place: Place, name: Name, filling: Filling<Name>, weight: Weight = "must"): void {
    this.put(place, this.teller.say(name, filling), weight);
  }

  /** An operator's sentence. Empty says nothing. */
  put(place: Place, text: string, weight: Weight = "must"): void {
    if (text !== "") this.#lines[place].push({ text, weight });
  }

  next<Name extends SentenceName>(name: Name, filling: Filling<Name>): void {
    this.#next = this.teller.say(name, filling);
  }

  /** A paragraph a line. */
  text(leadIns: Labels["leadIns"], headline: string): string {
    const places: readonly Place[] = ["happened", "means", "doing"];
    const all = places.flatMap((place) => this.#lines[place]);
    const around = [headline, leadIns.meaning, leadIns.doing, leadIns.next, this.#next ?? ""].join(" ");
    let words = wordsIn(around) + all.reduce((sum, { text }) => sum + wordsIn(text), 0);
    const left = new Set<Line>();
    for (const weight of ["may", "ought"] as const) {
      for (const line of all.toReversed()) {
        if (line.weight !== weight || words <= mostWords) continue;
        left.add(line);
        words -= wordsIn(line.text);
      }
    }
    const [happened, means, doing] = places.map((place) =>
      this.#lines[place]
        .filter((line) => !left.has(line))
        .map(({ text }) => text)
        .join(" "),
    );
    const paragraphs = [
      happened,
      means === "" ? "" : `${leadIns.meaning} ${means}`,
      doing === "" ? "" : `${leadIns.doing} ${doing}`,
      this.#next === undefined ? "" : `${leadIns.next} ${this.#next}`,
    ];
    return this.teller.whole(paragraphs.filter((paragraph) => paragraph !== "").join("\n"));
  }
}

/** The teller for a text about these facts. */
export function tellerFor(speech: Speech, { zone, now, counts }: Pick<NoticeFacts, "zone" | "now" | "counts">): Teller {
  return speech.tell({ zone, now, counts: counts !== false });
}
