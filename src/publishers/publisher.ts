// The contract of a publisher: a folder that tells the report to somebody.
//
// Its index.ts default-exports one value that ends in `satisfies Publisher`. It gets a corner of the web
// server and one verb. It knows no sibling and nothing of collectors.

import type { FastifyInstance } from "fastify";
import type { Answer } from "../core/forecast/what-if.ts";
import type { Report } from "../core/report.ts";
import type { Language } from "../core/status/languages/language.ts";
import type { Instant } from "../core/time.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** `administrator`: names hosts or addresses, so it is served to this machine only unless the operator opens it. */
    audience?: "administrator";
  }
}

/** What a publisher hands back once it is set up. */
export interface Published {
  /** Called with every new report, in order. Must be quick: what is costly is made on demand from the last report. */
  publish(report: Report): void;
  /** Stops timers and connections of its own. */
  close(): Promise<void>;
}

export interface PublisherSite {
  /**
   * What the last report's forecast would be if something were otherwise; `undefined` while nothing is wrong. Throws
   * `Fault("question-invalid")` with the ways to ask. Absent where nobody can be asked.
   */
  readonly whatIf?: (question: string, at: Instant) => Answer | undefined;
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
}

export interface Publisher {
  /** Folder name and name of its options in the configuration. */
  readonly name: string;
  /** One line for the list of addresses that is printed at the start, e.g. `/metrics  Prometheus metrics`. */
  readonly addresses: readonly { readonly path: string; readonly what: string }[];
  open(site: PublisherSite): Promise<Published> | Published;
}
