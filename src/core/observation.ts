// Everything that is known, and all that a checkpoint has to keep.

import type { EventBatch, LineCounts } from "./events/batch.ts";
import { Instances } from "./events/instances.ts";
import type { SurveyBatch } from "./events/survey.ts";
import { Foresight } from "./forecast/foresight.ts";
import { ForecastMemory } from "./forecast/memory.ts";
import { readQuestion, type Supposed } from "./forecast/what-if.ts";
import { Ledger } from "./ledger/ledger.ts";
import { Recorder } from "./ledger/record.ts";
import { Saved, Saving, savedVersion } from "./ledger/saved.ts";
import { Surveyor } from "./ledger/survey.ts";
import type { Downtime } from "./outages/downtime.ts";
import { EndpointWatch } from "./outages/endpoints.ts";
import { OutageWatch } from "./outages/watch.ts";
import type { ObserverView, QueueView } from "./report.ts";
import type { RetrySchedule } from "./retries/schedule.ts";
import type { HashKey } from "./retries/senders/keyed-hash.ts";
import { countedAtSenders, Lookouts } from "./retries/senders/lookouts.ts";
import { SenderMemory } from "./retries/senders/memory.ts";
import type { Said } from "./status/describe.ts";
import { nothingStands, type StandingRanges } from "./status/expected.ts";
import { type Act, apply } from "./status/incidents/acts.ts";
import type { Answer } from "./status/incidents/answer.ts";
import { type Book, emptyBook } from "./status/incidents/book.ts";
import { calm, type PhaseMemory } from "./status/phase.ts";
import { looked, noSight, type Sight } from "./status/public/unseen.ts";
import type { PublicSite } from "./status/site.ts";
import type { Duration, Instant } from "./time.ts";
import { queueView } from "./views.ts";

interface SavedRest {
  readonly instances: readonly string[];
  readonly lines: LineCounts;
  readonly phase: PhaseMemory;
  readonly ranges?: StandingRanges;
  readonly schedule: RetrySchedule;
  readonly queue?: QueueView | undefined;
}

/** For what is read once and not kept: a hash that lives no longer than what it was made of hides nothing. */
const knownKey: HashKey = [0, 0, 0, 0];

/** What is known of one mail host. Logs and listings go in; `observe` says what they mean. */
export class Observation {
  readonly instances: Instances = new Instances();
  readonly ledger: Ledger = new Ledger();
  readonly #recorder: Recorder = new Recorder(this.ledger);
  readonly #surveyor: Surveyor = new Surveyor(this.ledger);
  readonly watch: OutageWatch = new OutageWatch();
  /** Our own addresses, as a stranger finds them. */
  readonly endpoints: EndpointWatch = new EndpointWatch();
  readonly senders: SenderMemory;
  /** Not saved: a lookout tells all of it again within seconds. */
  readonly lookouts: Lookouts = new Lookouts();
  readonly memory: ForecastMemory = new ForecastMemory();
  readonly foresight: Foresight = new Foresight();
  readonly lines: LineCounts = { read: 0, foreign: 0, unsupported: 0, malformed: 0 };
  /** What people were told, and the book of incidents and planned work. */
  said: Said = { phase: calm, book: emptyBook, ranges: nothingStands("normal") };
  /** When nobody could see. */
  sight: Sight = noSight;
  schedule: RetrySchedule;
  queue: QueueView | undefined;

  /** `key` keeps the hashes of senders from being told by trying; give one that nobody knows where the state is kept. */
  constructor(schedule: RetrySchedule, key: HashKey = knownKey) {
    this.schedule = schedule;
    this.senders = new SenderMemory(key);
  }

  /** The form of what `save` answers. */
  static readonly version: number = savedVersion;

  /** All of it as named bytes. What is read after `restore` is seen exactly as if nothing had happened. */
  save(): Map<string, Uint8Array> {
    const to = new Saving();
    this.ledger.save(to);
    this.watch.save(to);
    this.endpoints.save(to);
    this.memory.save(to);
    this.foresight.save(to);
    this.senders.save(to);
    const { lines, schedule, queue } = this;
    const { phase, book, ranges } = this.said;
    const instances = this.instances.names();
    to.value("observation", { instances, lines, phase, ranges, schedule, queue } satisfies SavedRest);
    to.value("book", book);
    to.value("sight", this.sight);
    return to.finish();
  }

  /**
   * What was saved, with the key it was saved with; `key` is for a state of before there was one. Throws
   * `Fault("state-corrupt")` unless every byte is as it was written.
   */
  static restore(parts: ReadonlyMap<string, Uint8Array>, key: HashKey = knownKey): Observation {
    const from = new Saved(parts);
    const rest = from.value<SavedRest>("observation");
    const known = new Observation(rest.schedule, key);
    known.ledger.restore(from);
    known.watch.restore(from);
    known.endpoints.restore(from);
    known.memory.restore(from);
    known.foresight.restore(from);
    known.senders.restore(from);
    for (const name of rest.instances) known.instances.number(name);
    Object.assign(known.lines, rest.lines);
    // A state of before there was a book has none, and knows less of the phase.
    known.said = {
      phase: { ...calm, ...rest.phase },
      book: from.has("book") ? { ...emptyBook, ...from.value<Book>("book") } : emptyBook,
      ranges: rest.ranges ?? nothingStands("normal"),
    };
    if (from.has("sight")) known.sight = from.value<Sight>("sight");
    known.queue = rest.queue;
    return known;
  }

  /** Takes in what a log said. */
  record(batch: EventBatch): void {
    this.#recorder.record(batch);
    this.watch.record(batch, this.ledger);
    this.foresight.record(batch);
    this.senders.record(batch);
    this.lines.read += batch.lines.read;
    this.lines.foreign += batch.lines.foreign;
    this.lines.unsupported += batch.lines.unsupported;
    this.lines.malformed += batch.lines.malformed;
  }

  /** Time has passed: the forecast takes note of what it brought, once a minute. `blind`: nothing can be seen. */
  passes(now: Instant, blind: boolean, downtimes: readonly Downtime[] = this.watch.downtimes(this.ledger, now)): void {
    const { ledger, watch, schedule } = this;
    const atSenders = countedAtSenders(this.lookouts, downtimes, now);
    this.foresight.look({ ledger, watch, downtimes, schedule, blind, atSenders, now });
  }

  /** Takes note of how well we see at the moment. */
  sees(observer: Pick<ObserverView, "blind" | "lastSeen">, now: Instant): void {
    this.sight = looked(this.sight, observer, now);
  }

  /**
   * What the forecast would be if something were otherwise; `undefined` while nothing is wrong. Throws
   * `Fault("question-invalid")` with the ways to ask.
   */
  ask(question: string, now: Instant): Supposed | undefined {
    const { ledger, schedule } = this;
    const atSenders = countedAtSenders(this.lookouts, this.watch.downtimes(ledger, now), now);
    return this.foresight.ask({ ledger, schedule, atSenders, now }, readQuestion(question, now));
  }

  /** A listing of the queue begins; `survey` and `endSurvey` follow. */
  beginSurvey(at: Instant, instance = 0): void {
    this.#surveyor.begin(at, instance);
  }

  survey(batch: SurveyBatch): void {
    this.#surveyor.take(batch);
  }

  /** The listing has ended; `complete` unless it broke off. */
  endSurvey(mta: QueueView["mta"], complete: boolean, took: Duration): void {
    this.#surveyor.end(complete);
    this.watch.seen(mta === "running", this.ledger.surveyedAt);
    this.queue = queueView(this.ledger, mta, complete, took);
  }

  /** Takes in what the operator does. Answers what came of it, or why nothing did. */
  act(act: Act, site: PublicSite, now: Instant): Answer {
    const { book, answer } = apply(this.said.book, act, site, now);
    this.said = { ...this.said, book };
    return answer;
  }

  /** There was nothing to list because the MTA is not running. */
  stopped(at: Instant): void {
    this.watch.seen(false, at);
  }
}
