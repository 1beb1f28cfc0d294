// The program that is killed: it makes one copy after the other, each with news on every page.
//
// Arguments: the folder, the number to begin at.

import { discoverPublishers } from "../../../src/app/discover.ts";
import { ExportFolder } from "../../../src/app/export/folder.ts";
import { openSiteCopy } from "../../../src/app/export/site-copy.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import type { Publisher } from "../../../src/publishers/publisher.ts";
import { documentAt, incident, publicDocument, reportWith } from "../../support/public-news.ts";

const [folder, begin] = process.argv.slice(2);

/** A page so large that it is written in more than one piece, and one that comes and goes. */
const large: Publisher = {
  name: "large",
  addresses: [],
  open({ web }) {
    let n = 0;
    const page = (): string =>
      `<!doctype html><html lang="en"><head></head><body>${`${n} `.repeat(100_000)}</body></html>\n`;
    web.get("/large", async (_request, reply) => reply.type("text/html; charset=utf-8").send(page()));
    web.get("/now-and-then/:n", async (_request, reply) => reply.type("text/html; charset=utf-8").send(page()));
    return {
      publish(report) {
        n = report.at;
      },
      exports: () => [`/now-and-then/${n % 3}`],
      async close() {},
    };
  },
};

const publishers = [...(await discoverPublishers()), large];
const copy = await openSiteCopy(publishers, { version: "0.1.0", mta: "postfix", languages: [english] }, 900_000);
const target = new ExportFolder(folder);
for (let n = Number(begin); ; n++) {
  const document = publicDocument({
    at: documentAt + n * 60_000,
    headline: { en: `Number ${n}`, de: `Nummer ${n}` },
    open: [incident({ id: `k${n % 5}` })],
  });
  await target.write(await copy.filesOf(reportWith(document)));
  process.stdout.write(`${n}\n`);
}
