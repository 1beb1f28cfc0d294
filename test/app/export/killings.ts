// A copy is made again and again, its maker is killed at no particular moment, and somebody reads all the time.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { discoverPublishers } from "../../../src/app/discover.ts";
import { indexName, openSiteCopy } from "../../../src/app/export/site-copy.ts";
import english from "../../../src/core/status/languages/en/index.ts";
import type { Publisher } from "../../../src/publishers/publisher.ts";
import { dice } from "../../support/made-log.ts";
import { documentAt, incident, publicDocument, reportWith } from "../../support/public-news.ts";
import { brokenFiles, visibleFiles } from "./whole.ts";

export interface Survived {
  readonly kills: number;
  /** Copies that were finished over all lives. */
  readonly copies: number;
  /** Times that the whole folder was read. */
  readonly readings: number;
  /** Kills that left a file behind that was not finished. */
  readonly caughtWriting: number;
}

/** A page so large that it is written in more than one piece, and one that comes and goes. */
const large: Publisher = {
  name: "large",
  addresses: [],
  open({ web }) {
    let n = 0;
    const page = (): string =>
      `<!doctype html><html lang="en"><head></head><body>${`${n} `.repeat(30_000)}</body></html>\n`;
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

/** Versions of the real site, with news on every page of each. */
async function versionsOf(count: number): Promise<string> {
  const publishers = [...(await discoverPublishers()), large];
  const copy = await openSiteCopy(publishers, { version: "0.1.0", mta: "postfix", languages: [english] }, 900_000);
  const versions: object[] = [];
  for (let n = 0; n < count; n++) {
    const document = publicDocument({
      at: documentAt + n * 60_000 + n,
      headline: { en: `Number ${n}`, de: `Nummer ${n}` },
      open: [incident({ id: `k${n % 5}` })],
    });
    const files = await copy.filesOf(reportWith(document));
    versions.push(files.map(({ name, type, body }) => ({ name, type, body: Buffer.from(body).toString("utf8") })));
  }
  await copy.close();
  return JSON.stringify(versions);
}

/** After so many kills nobody has seen half a file, and the next copy is right. */
export async function surviveKilling(kills: number, seed: number): Promise<Survived> {
  const roll = dice(seed);
  const scratch = mkdtempSync(join(tmpdir(), "export-"));
  const folder = join(scratch, "site");
  const versions = join(scratch, "versions.json");
  writeFileSync(versions, await versionsOf(7));
  let copies = 0;
  let readings = 0;
  let caughtWriting = 0;
  let number = 0;
  const seen: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const args = [join(import.meta.dirname, "killed-child.ts"), folder, versions, String(number)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (piece: Buffer) => {
      const numbers = piece.toString().trim().split("\n").map(Number);
      copies += numbers.length;
      number = Math.max(number, ...numbers.map((n) => n + 1));
    });
    const ended = once(child, "close");
    try {
      // It has begun to write; from here on any moment will do.
      await Promise.race([once(child.stdout, "data"), ended]);
      const until = performance.now() + roll(120);
      do {
        seen.push(...brokenFiles(folder));
        readings++;
        await pause(1);
      } while (performance.now() < until);
    } finally {
      child.kill("SIGKILL");
    }
    const [, signal] = await ended;
    expect(signal).toBe("SIGKILL");
    seen.push(...brokenFiles(folder));
    readings++;
    const corner = join(folder, ".mailtide");
    if (readdirSync(corner).some((name) => name.endsWith(".part"))) caughtWriting++;
    expect(seen).toEqual([]);
    if ((kill + 1) % 100 === 0)
      console.log(`${kill + 1} kills, ${copies} copies, ${readings} readings, ${caughtWriting} caught writing`);
  }
  // The last life cleared up what those before it left, and its list is right.
  const names = visibleFiles(folder);
  const index = JSON.parse(readFileSync(join(folder, indexName), "utf8")) as { files: { name: string }[] };
  expect(names).toEqual(expect.arrayContaining(index.files.map(({ name }) => name)));
  expect(readdirSync(join(folder, ".mailtide")).filter((name) => name.endsWith(".part")).length).toBeLessThanOrEqual(1);
  rmSync(scratch, { recursive: true });
  return { kills, copies, readings, caughtWriting };
}
