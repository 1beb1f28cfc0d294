// A web server with publishers on it, asked without a socket.

import type { FastifyInstance } from "fastify";
import { openWeb, type WebOptions } from "../../src/app/web.ts";
import type { Report } from "../../src/core/report.ts";
import english from "../../src/core/status/languages/en/index.ts";
import type { Language } from "../../src/core/status/languages/language.ts";
import type { Publisher } from "../../src/publishers/publisher.ts";

export interface Site {
  readonly web: FastifyInstance;
  publish(report: Report): void;
}

/** Opens publishers on one server, as the program does. */
export async function openSite(
  publishers: readonly Publisher[],
  administrators: WebOptions["administrators"] = "this-machine",
  languages: readonly Language[] = [english],
): Promise<Site> {
  const web = await openWeb({ administrators });
  const opened = await Promise.all(
    publishers.map((one) => one.open({ web, version: "0.1.0", mta: "postfix", languages })),
  );
  return {
    web,
    publish(report) {
      for (const one of opened) one.publish(report);
    },
  };
}
