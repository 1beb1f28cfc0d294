// The contract of a publisher: a folder that tells the report to somebody.
//
// Its index.ts default-exports one value that ends in `satisfies Publisher`. It gets a corner of the web
// server and one verb. It knows no sibling and nothing of collectors.

import type { FastifyInstance } from "fastify";
import type { Fault } from "../core/fault.ts";
import type { Supposed } from "../core/forecast/what-if.ts";
import type { Report } from "../core/report.ts";
import type { Language } from "../core/status/languages/language.ts";
import type { Duration, Instant } from "../core/time.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** `administrator`: names hosts or addresses, so it is served to this machine only unless the operator opens it. */
    audience?: "administrator";
    /** `false`: speaks of this very process, so a copy of the site on another host must not have it. */
    copied?: false;
  }
}

/** What a publisher hands back once it is set up. */
export interface Published {
  /**
   * Called with every new report, in order. Must be quick: what is costly is made on demand from the last report.
   * `catchingUp`: it speaks of what was logged while nobody watched, so it is no news to send to anybody yet.
   */
  publish(report: Report, catchingUp?: boolean): void;
  /**
   * Addresses with something in them that changes, which a copy of the site has to have too. Those of public routes without
   * a parameter need not be listed, nor those that end in `/:id`: they are asked for every incident and planned work.
   */
  exports?(): readonly string[];
  /** Numbers about its own work, under names of the metrics' catalogue. */
  counters?(): readonly Counter[];
  /** Stops timers and connections of its own. */
  close(): Promise<void>;
}

/** A number that a publisher, or the copying of the site, keeps about itself. */
export interface Counter {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Where news is sent to. Validated when the configuration is read. */
export interface WebhookTarget {
  /** For logs and metrics: its address may be a secret. */
  readonly name: string;
  readonly url: string;
  readonly form: "standard" | "slack";
  /** Signs what is sent; undefined: it is not signed. */
  readonly secret: string | undefined;
  /** Also to addresses that only this machine or its network reach. */
  readonly allowPrivate: boolean;
}

export interface PublisherSite {
  /**
   * What the last report's forecast would be if something were otherwise; `undefined` while nothing is wrong. Throws
   * `Fault("question-invalid")` with the ways to ask. Absent where nobody can be asked.
   */
  readonly whatIf?: (question: string, at: Instant) => Supposed | undefined;
  /** The public listener. Register routes here, before it listens. */
  readonly web: FastifyInstance;
  /** `mailtide`'s own version. */
  readonly version: string;
  /** The dialect's name, for the `mta` label. */
  readonly mta: string;
  /** IANA zone of the times that people read; UTC if it is not given. */
  readonly zone?: string;
  /** Languages of the public, the first of which is used where there can be only one; those of a report's `public` document. */
  readonly languages: readonly Language[];
  /** Set when what is served becomes files on another host: what is written holds so long after its moment, and says so. */
  readonly copy?: { readonly validFor: Duration };
  readonly webhooks?: readonly WebhookTarget[];
  /** A folder for files of one's own that have to outlive a restart; without it, memory has to do. */
  readonly folder?: string;
  /** Told to the administrator in mailtide's own log, the same trouble at most once an hour. */
  warn?(trouble: Fault): void;
  /** What all publishers count about themselves. */
  counters?(): readonly Counter[];
}

export interface Publisher {
  /** Folder name and name of its options in the configuration. */
  readonly name: string;
  /** One line for the list of addresses that is printed at the start, e.g. `/metrics  Prometheus metrics`. */
  readonly addresses: readonly { readonly path: string; readonly what: string }[];
  open(site: PublisherSite): Promise<Published> | Published;
}
