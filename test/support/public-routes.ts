// Everything that the public can get from the real site: each public address of every publisher, and every byte of its answer.

import { discoverPublishers } from "../../src/app/discover.ts";
import { openWeb } from "../../src/app/web.ts";
import type { Report } from "../../src/core/report.ts";
import english from "../../src/core/status/languages/en/index.ts";
import type { Language } from "../../src/core/status/languages/language.ts";

export interface PublicAnswer {
  readonly address: string;
  readonly status: number;
  /** Headers and body, as text. */
  readonly bytes: string;
  readonly type: string;
  readonly body: string;
}

export interface PublicRoutes {
  /** The answers of a report. */
  ask(report: Report): Promise<readonly PublicAnswer[]>;
  close(): Promise<void>;
}

/** Opens the site as the program does, with every publisher that there is. */
export async function openPublicRoutes(languages: readonly Language[] = [english]): Promise<PublicRoutes> {
  const web = await openWeb({ administrators: "this-machine", unlimited: true });
  const routes: string[] = [];
  web.addHook("onRoute", ({ method, url, config }) => {
    const methods = Array.isArray(method) ? method : [method];
    if (methods.includes("GET") && config?.audience !== "administrator") routes.push(url);
  });
  const publishers = await discoverPublishers();
  const opened = await Promise.all(
    publishers.map(async (one) => one.open({ web, version: "0.1.0", mta: "postfix", zone: "UTC", languages })),
  );
  return {
    async ask(report) {
      for (const one of opened) one.publish(report);
      const { open, past, windows } = report.public;
      const ids = ["none", ...[...open, ...past, ...windows].map(({ id }) => encodeURIComponent(id))];
      const addresses = routes.flatMap((route) =>
        /[:*]/.test(route) ? ids.map((id) => route.replace(/:\w+|\*/, id)) : [route],
      );
      const listed = opened.flatMap((one) => one.exports?.() ?? []);
      const answers: PublicAnswer[] = [];
      for (const address of new Set([...addresses, ...listed, "/there-is-no-such-page"])) {
        // A stranger asks, from elsewhere.
        const answer = await web.inject({
          url: address,
          remoteAddress: "203.0.113.9",
          headers: { host: "example.org" },
        });
        answers.push({
          address,
          status: answer.statusCode,
          bytes: `${JSON.stringify(answer.headers)}\n${answer.body}`,
          type: String(answer.headers["content-type"]),
          body: answer.body,
        });
      }
      return answers;
    },
    async close() {
      await web.close();
      for (const one of opened) await one.close();
    },
  };
}
