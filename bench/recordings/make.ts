// Makes recordings of outages at the scale of a real server: a Postfix with its default timers, as far as its log shows it.
//
// Laboratories shorten timers, since nobody waits hours for a recording. Here a day passes in a moment: mail for some
// places arrives, is tried, waits and is tried again by qmgr's rules, and each step is a line of the log. The truth is
// written beside it. What is judged never sees how this was made.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Dice, throwDice } from "../forecast/dice.ts";

/** Seconds. Defaults of Postfix: postconf(5). */
const queueRun = 300;
const minimal = 300;
const maximal = 4000;
const transportRetry = 60;

const start = Date.UTC(2026, 2, 2);

interface Place {
  readonly name: string;
  readonly share: number;
  /** Share of first attempts that fail for a while. */
  readonly fails: number;
  /** Messages a second after the outage, 0 for as many as come. */
  readonly pace: number;
  down: boolean;
  /** Suspended by the queue manager until then. */
  suspended: number;
  /** When its line is free again. */
  free: number;
}

interface Mail {
  readonly id: string;
  readonly mid: string;
  readonly arrived: number;
  readonly place: Place;
  due: number;
  attempts: number;
}

/** What was made. */
export interface Made {
  readonly name: string;
  readonly kind: string;
}

/** Hours that are played before and after the outage. */
export interface Around {
  readonly before: number;
  readonly after: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A heap of what is to happen, the earliest first. */
class Agenda {
  readonly #heap: Event[] = [];
  #order = 0;

  at(at: number, run: () => void): void {
    const heap = this.#heap;
    heap.push({ at, order: this.#order++, run });
    for (let n = heap.length - 1; n > 0; ) {
      const up = (n - 1) >> 1;
      if (!before(heap[n], heap[up])) break;
      [heap[n], heap[up]] = [heap[up], heap[n]];
      n = up;
    }
  }

  next(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let n = 0; ; ) {
      let least = n;
      for (const child of [2 * n + 1, 2 * n + 2]) {
        if (child < heap.length && before(heap[child], heap[least])) least = child;
      }
      if (least === n) return first;
      [heap[n], heap[least]] = [heap[least], heap[n]];
      n = least;
    }
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Draws an outage by its seed and writes its recording into a folder of its own in `folder`. */
export function makeRecording(folder: string, seed: number, around: Around = { before: 2, after: 4 }): Made {
  const dice: Dice = throwDice(seed, 900);
  const rate = Math.exp(Math.log(200) + dice.uniform() * Math.log(8)) / 3600;
  const count = 6 + Math.floor(dice.uniform() * 12);
  const weights = Array.from({ length: count }, (_, n) => 1 / (n + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const kind = (["destination", "uplink", "slow", "partly"] as const)[seed % 4];
  const places: Place[] = weights.map((weight, n) => ({
    name: `place${n}.test`,
    share: weight / whole,
    fails: n === 2 ? 0.1 : 0.004,
    pace: kind === "slow" && n === 0 ? 1.5 * rate * (weight / whole) : 0,
    down: false,
    suspended: 0,
    free: 0,
  }));
  const hit = kind === "uplink" ? places : kind === "partly" ? places.slice(0, 4) : places.slice(0, 2);
  const dead = kind === "partly" ? places[3] : undefined;
  const warm = around.before * 3600;
  const length = Math.exp(Math.log(600) + dice.uniform() * Math.log(24));
  const begin = warm + dice.uniform() * 600;
  const end = begin + length;
  const until = end + around.after * 3600;
  const phase = dice.uniform() * queueRun;

  const agenda = new Agenda();
  const lines: { at: number; text: string }[] = [];
  const injected: unknown[] = [];
  const delivered: unknown[] = [];
  const deferred = new Set<Mail>();
  let now = 0;
  let serial = 0;
  let last = 0;
  const iso = (at: number): string => new Date(start + Math.round(at * 1000)).toISOString();
  const log = (program: string, text: string): void => {
    lines.push({ at: now, text: `${iso(now).replace("Z", "000+00:00")} mx1 postfix/${program}[100]: ${text}\n` });
  };
  const server = (place: Place): string => `mx.${place.name}[198.51.100.${places.indexOf(place) + 1}]:25`;

  const wait = (mail: Mail, why: string): void => {
    const age = now - mail.arrived;
    mail.attempts++;
    mail.due = now + Math.min(maximal, Math.max(minimal, age));
    deferred.add(mail);
    log(
      "smtp",
      `${mail.id}: to=<someone@${mail.place.name}>, relay=none, delay=${age.toFixed(1)}, delays=${age.toFixed(1)}/0/0/0, dsn=4.4.1, status=deferred (${why})`,
    );
  };
  const attempt = (mail: Mail): void => {
    const { place } = mail;
    log("qmgr", `${mail.id}: from=<sender@example.org>, size=4000, nrcpt=1 (queue active)`);
    const refusal = `connect to ${server(place)}: Connection refused`;
    if (place.suspended > now) {
      wait(mail, `delivery temporarily suspended: ${refusal}`);
      return;
    }
    if (place.down) {
      place.suspended = now + transportRetry;
      wait(mail, refusal);
      return;
    }
    if (dice.uniform() < (mail.attempts === 0 ? place.fails : 0.02)) {
      wait(mail, `host ${server(place).slice(0, -3)} said: 450 4.3.2 try again later (in reply to RCPT TO command)`);
      return;
    }
    const begun = place.pace > 0 && now > begin ? Math.max(now, place.free) : now;
    const took = 0.2 + dice.uniform();
    if (place.pace > 0) place.free = begun + 1 / place.pace;
    agenda.at(begun + took, () => {
      if (place.down) {
        wait(mail, `lost connection with ${server(place).slice(0, -3)} while sending end of data`);
        return;
      }
      const age = now - mail.arrived;
      log(
        "smtp",
        `${mail.id}: to=<someone@${place.name}>, relay=${server(place)}, delay=${age.toFixed(1)}, delays=${Math.max(0, age - 1).toFixed(1)}/0/0.1/0.9, dsn=2.0.0, status=sent (250 2.0.0 Ok)`,
      );
      log("qmgr", `${mail.id}: removed`);
      delivered.push({ t: start + Math.round(now * 1000), mid: mail.mid, rcpts: [`someone@${place.name}`] });
      if (mail.arrived >= begin && mail.arrived <= end && place !== dead) last = Math.max(last, now);
    });
  };
  const arrive = (): void => {
    let u = dice.uniform();
    const place =
      places.find((one) => {
        u -= one.share;
        return u < 0;
      }) ?? places[0];
    const id = (0x10000000 + serial++ * 16).toString(16).toUpperCase();
    const mail: Mail = { id, mid: `made-${serial}@example.org`, arrived: now, place, due: now, attempts: 0 };
    log("smtpd", `${id}: client=client.example.org[192.0.2.9]`);
    log("cleanup", `${id}: message-id=<${mail.mid}>`);
    injected.push({ t: start + Math.round(now * 1000), mid: mail.mid, rcpts: [`someone@${place.name}`] });
    attempt(mail);
    agenda.at(now - Math.log(1 - dice.uniform()) / rate, arrive);
  };
  const run = (): void => {
    for (const mail of [...deferred]) {
      if (mail.due > now) continue;
      deferred.delete(mail);
      attempt(mail);
    }
    agenda.at(now + queueRun, run);
  };
  agenda.at(0, arrive);
  agenda.at(phase, run);
  agenda.at(begin, () => {
    for (const place of hit) place.down = true;
  });
  agenda.at(end, () => {
    for (const place of hit) if (place !== dead) place.down = false;
  });
  for (let event = agenda.next(); event !== undefined && event.at < until; event = agenda.next()) {
    now = event.at;
    event.run();
  }
  // Deliveries were agreed on before other things happened.
  lines.sort((a, b) => a.at - b.at);

  const name = `made-${String(seed).padStart(3, "0")}-${kind}`;
  const into = join(folder, name);
  mkdirSync(join(into, "config"), { recursive: true });
  writeFileSync(join(into, "mail.log.gz"), gzipSync(lines.map(({ text }) => text).join("")));
  writeFileSync(join(into, "config", "main.cf"), "queue_run_delay = 300s\nminimal_backoff_time = 300s\n");
  const ndjson = (rows: readonly unknown[]): Buffer => gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  writeFileSync(join(into, "injected.ndjson.gz"), ndjson(injected));
  writeFileSync(join(into, "delivered.ndjson.gz"), ndjson(delivered));
  const truth = {
    outageStart: iso(begin),
    outageEnd: iso(end),
    backlog: { windowStart: iso(begin), windowEnd: iso(end), lastDelivered: iso(last) },
  };
  writeFileSync(
    join(into, "meta.json"),
    `${JSON.stringify({ scenario: name, kind: "postfix", truth }, undefined, 1)}\n`,
  );
  return { name, kind };
}
