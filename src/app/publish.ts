// Opens the web server with a corner for every publisher.

import type { Report } from "../core/report.ts";
import type { Counter, Published, PublisherSite } from "../publishers/publisher.ts";
import { discoverPublishers } from "./discover.ts";
import { version } from "./version.ts";
import { listen, openWeb, parseListen, type WebOptions } from "./web.ts";

export interface Publishing {
  /** Base address that was bound. */
  readonly url: string;
  /** What is where, for people. */
  readonly addresses: readonly { readonly path: string; readonly what: string }[];
  tell(report: Report): void;
  close(): Promise<void>;
}

/** Finds all publishers, opens them and listens. Throws `Fault("listen-failed")`. */
export async function publishing(
  address: string,
  site: Omit<PublisherSite, "web" | "version">,
  options: WebOptions & { readonly counters?: () => readonly Counter[] },
): Promise<Publishing> {
  const web = await openWeb(options);
  const published: Published[] = [];
  const publishers = await discoverPublishers();
  const counters = (): readonly Counter[] => [
    ...published.flatMap((one) => one.counters?.() ?? []),
    ...(options.counters?.() ?? []),
  ];
  for (const publisher of publishers) published.push(await publisher.open({ ...site, web, version, counters }));
  const url = await listen(web, parseListen(address));
  return {
    url,
    addresses: publishers.flatMap((publisher) => publisher.addresses),
    tell(report) {
      for (const one of published) one.publish(report);
    },
    async close() {
      await web.close();
      for (const one of published) await one.close();
    },
  };
}
