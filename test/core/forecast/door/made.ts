// Made outages at the scale of a real server, replayed once for all that asks about them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRecording } from "../../../../bench/recordings/make.ts";
import { type Truth, truthOf } from "../../../../bench/recordings/truth.ts";
import postfix from "../../../../collectors/dialects/postfix/index.ts";
import { type ReplayStep, replay } from "../../../../src/app/replay.ts";
import type { Outlook } from "../../../../src/core/forecast/outlook.ts";
import english from "../../../../src/core/status/languages/en/index.ts";
import { MINUTE } from "../../../../src/core/time.ts";

/** A made outage and what was said of it. */
export interface Watched {
  readonly steps: readonly ReplayStep[];
  readonly truth: Truth;
}

/** A folder that is gone when the program ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "mailtide-made-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Makes the outage of a seed and replays it. */
export async function watch(seed: number, every = 5 * MINUTE, whatIf?: string): Promise<Watched> {
  const into = folder();
  const path = join(into, makeRecording(into, seed, { before: 1, after: 2.5 }).name);
  const truth = truthOf(path);
  if (truth === undefined) throw new Error("it has lost its truth");
  const steps: ReplayStep[] = [];
  const asked = whatIf === undefined ? {} : { whatIf };
  for await (const step of replay(path, postfix, { every, zone: "UTC", languages: [english], ...asked })) {
    steps.push(step);
  }
  return { steps, truth };
}

/** Steps with an outlook, from the beginning of the outage on. */
export function outlooks({ steps }: Watched): { step: ReplayStep; outlook: Outlook }[] {
  return steps.flatMap((step) => {
    const { outlook } = step.forecast;
    return outlook === undefined ? [] : [{ step, outlook }];
  });
}
