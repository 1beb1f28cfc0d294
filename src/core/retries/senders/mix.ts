// What our own senders are: which classes hand mail over to us, how much, and how many hosts of each there are.
//
// Learned from the names of clients and, where the log has them, from Received headers. By the day, so that what is said about
// an outage rests on the days before it alone. No names are kept: of hosts only how many there are, from keyed hashes.

import { insist, type Saved, type Saving } from "../../ledger/saved.ts";
import { DAY, type Instant } from "../../time.ts";
import { classNames, usualMix, variantsOf } from "./classes.ts";
import { namedClasses } from "./classify.ts";

/** A class among our senders. */
export interface Part {
  /** Of all mail, from 0 to 1. */
  readonly share: number;
  /** Distinct hosts in four weeks, as counted. */
  readonly hosts: number;
  /** How far the count of hosts can be relied on, from 0 to 1. */
  readonly known: number;
}

/** Senders by class. */
export type Mix = ReadonlyMap<string, Part>;

/** Senders at large, for a server that has not seen its own. */
export const usualSenders: Mix = new Map(
  [...usualMix].map(([senderClass, share]) => [senderClass, { share, hosts: 0, known: 0 }]),
);

const days = 28;
const week = 7;
/** What a week counts for against the one after it. */
const keep = 0.8;
/** So many messages of our own senders weigh as much as what is known of senders at large. */
const usualWeight = 50;
/** So many messages of a host count; a thousand of one gateway say no more of who is behind it. */
const messagesOfHost = 4;
/** Where more than this share of clients has no name, nobody looks names up, and having none says nothing. */
const nobodyLooks = 0.9;
/** For counting distinct hosts (Flajolet and others, HyperLogLog, 2007): error about a sixth. */
const registers = 32;

// Of a host without a provider's name only its Received header says more, if that is logged.
const nameless = classNames.length;
const width = classNames.length + 1;
const unknown = classNames.indexOf("unknown");
const numbers = new Map(classNames.map((name, number) => [name, number]));

/** Number of a class in a `SenderMix`, the same within one version of mailtide; `named` false where the client had no name. */
export function classNumber(senderClass: string, named: boolean): number {
  const number = numbers.get(senderClass) ?? unknown;
  return number === unknown && !named ? nameless : number;
}

/** Whether a number of a class says as good as nothing. */
export function saysNothing(number: number): boolean {
  return number === unknown || number === nameless;
}

/** Which classes hide behind hosts whose names say nothing, at large. */
const unnamed: ReadonlyMap<string, number> = new Map([...usualMix].filter(([name]) => !namedClasses.has(name)));

/** What a sketch keeps of a host, 11 bits: its register, and how rare it is among hosts, by the first 1 in the rest of its hash. */
export function signOf(host: number): number {
  const rest = Math.floor(host / registers) >>> 0;
  return (host % registers) + registers * Math.min(32, Math.clz32(rest) + 1);
}

/** Distinct hosts by the registers of a sketch. */
function distinct(sketch: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of sketch) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const estimate = (0.697 * registers * registers) / sum;
  return estimate < 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : estimate;
}

interface SavedMix {
  readonly last: number;
  readonly classes: readonly string[];
  /** Places of the sketches that are not empty. */
  readonly places: readonly number[];
}

/** Counts of messages and sketches of hosts, by class and day. Bounded: some ten thousand numbers. */
export class SenderMix {
  readonly #messages = new Uint32Array(days * width);
  readonly #hosts = new Uint8Array(days * width * registers);
  /** The newest day since 1970; -1 for none yet. */
  #last = -1;

  /** A stranger's message was taken; `host` is 53 bits of a keyed hash of its address. */
  add(at: Instant, senderClass: number, host: number): void {
    this.count(at, senderClass, signOf(host));
  }

  /** The same by the sign of a host. */
  count(at: Instant, senderClass: number, sign: number): void {
    const day = Math.floor(at / DAY);
    if (day > this.#last) {
      const since = this.#last === -1 ? days : Math.min(days, day - this.#last);
      for (let old = day - since + 1; old <= day; old++) {
        const row = (old % days) * width;
        this.#messages.fill(0, row, row + width);
        this.#hosts.fill(0, row * registers, (row + width) * registers);
      }
      this.#last = day;
    } else if (day <= this.#last - days) return;
    const place = (day % days) * width + senderClass;
    this.#messages[place]++;
    const register = place * registers + (sign & (registers - 1));
    const rank = sign >>> 5;
    if (rank > this.#hosts[register]) this.#hosts[register] = rank;
  }

  /** The mix by all days before the one of `before`; senders at large where little has been seen. */
  before(before: Instant): Mix {
    const end = Math.floor(before / DAY);
    const messages = new Float64Array(width);
    const sketches = new Uint8Array(width * registers);
    for (let day = Math.max(end - days, this.#last - days + 1, 0); day < end && day <= this.#last; day++) {
      const row = (day % days) * width;
      const weight = keep ** Math.floor((end - 1 - day) / week);
      for (let c = 0; c < width; c++) messages[c] += weight * this.#messages[row + c];
      for (let r = 0; r < sketches.length; r++) {
        sketches[r] = Math.max(sketches[r], this.#hosts[row * registers + r]);
      }
    }
    const hosts = Array.from(messages, (_, c) => distinct(sketches.subarray(c * registers, (c + 1) * registers)));
    return blended(messages, hosts);
  }

  save(name: string, to: Saving): void {
    const places: number[] = [];
    for (let at = 0; at < days * width; at++) if (this.#messages[at] > 0) places.push(at);
    to.column(`${name}.messages`, this.#messages);
    const sketches = new Uint8Array(places.length * registers);
    places.forEach((at, row) => {
      sketches.set(this.#hosts.subarray(at * registers, (at + 1) * registers), row * registers);
    });
    to.column(`${name}.hosts`, sketches);
    to.value(name, { last: this.#last, classes: classNames, places } satisfies SavedMix);
  }

  /** Takes what was saved; what a mailtide with other classes saved means nothing and is left. */
  restore(name: string, from: Saved): void {
    if (!from.has(name)) return;
    const { last, classes, places } = from.value<SavedMix>(name);
    if (classes.join() !== classNames.join()) return;
    insist(Number.isSafeInteger(last), "its mix of senders has no time");
    this.#last = last;
    this.#messages.set(from.column(`${name}.messages`, Uint32Array, this.#messages.length));
    const sketches = from.column(`${name}.hosts`, Uint8Array, places.length * registers);
    places.forEach((at, row) => {
      this.#hosts.set(sketches.subarray(row * registers, (row + 1) * registers), at * registers);
    });
  }
}

/** Messages and distinct hosts of a class, as counted. */
export interface Counted {
  readonly messages: number;
  readonly hosts: number;
}

/** The mix by what was counted of each class; `unknown` are hosts whose names say nothing. */
export function mixOf(counted: ReadonlyMap<string, Counted>): Mix {
  const messages = new Float64Array(width);
  const hosts = Array.from(messages, () => 0);
  for (const [senderClass, count] of counted) {
    const number = classNumber(senderClass, true);
    messages[number] += count.messages;
    hosts[number] += count.hosts;
  }
  return blended(messages, hosts);
}

/** What was counted, laid over senders at large: the more there is of it, the more it says (a Dirichlet prior). */
function blended(messages: Float64Array, hosts: readonly number[]): Mix {
  let all = messages.reduce((sum, count) => sum + count, 0);
  const looked = messages[nameless] <= nobodyLooks * all;
  // Hosts that say nothing of themselves.
  const hidden = looked ? messages[unknown] + messages[nameless] : 0;
  const hiddenHosts = looked ? hosts[unknown] + hosts[nameless] : 0;
  if (!looked) all -= messages[unknown] + messages[nameless];
  if (all <= 0) return usualSenders;
  const whole = [...unnamed.values()].reduce((sum, share) => sum + share, 0);
  const bySoftware = (name: string, count: number): number => {
    if (namedClasses.has(name)) return 0;
    return (usualWeight * (unnamed.get(name) ?? 0)) / whole + count;
  };
  let software = 0;
  let writers = 0;
  classNames.forEach((name, c) => {
    if (c === unknown) return;
    software += bySoftware(name, messages[c]);
    writers += messages[c] > 0 ? hosts[c] : 0;
  });
  const seen = Math.min(all, messagesOfHost * (writers + hiddenHosts));
  const mix = new Map<string, Part>();
  classNames.forEach((name, c) => {
    if (c === unknown || variantsOf(name) === undefined) return;
    const part = bySoftware(name, messages[c]) / software;
    const own = messages[c] + hidden * part;
    const usual = usualMix.get(name) ?? 0;
    const share = (usualWeight * usual + (seen * own) / all) / (usualWeight + seen);
    if (share <= 0) return;
    const counted = (messages[c] > 0 ? hosts[c] : 0) + hiddenHosts * part;
    mix.set(name, { share, hosts: counted, known: seen / (usualWeight + seen) });
  });
  return mix;
}
