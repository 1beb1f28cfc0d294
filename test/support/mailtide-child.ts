// mailtide as its users start it: a process of its own, known by what it prints and serves.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { until } from "./postfix-sandbox.ts";

const program = join(import.meta.dirname, "../../bin/mailtide.ts");

export interface MailtideChild {
  readonly pid: number;
  /** All that it printed so far, both ways together. */
  printed(): string;
  /** Waits for the address that it prints. */
  url(): Promise<string>;
  /** Waits for the address of the operator's API, which it prints after the other. */
  operatorApi(): Promise<string>;
  /** What is at a path of its web server. */
  get(path: string): Promise<{ readonly code: number; readonly body: string }>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for its end; answers the exit status, null after a signal. */
  ended(): Promise<number | null>;
}

/** Starts `mailtide ARGS` with nothing of this process's settings, by way of `through` (setpriv). Whoever starts it ends it. */
export function startMailtide(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): MailtideChild {
  const { PATH, HOME, TMPDIR, MAILTIDE_TEST_RUN } = process.env;
  const [first, ...rest] = [...through, process.execPath, program, ...args];
  const child = spawn(first, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH, HOME, TMPDIR, MAILTIDE_TEST_RUN, TZ: "UTC", ...environment },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => {
      text += piece;
    });
  }
  const closed = once(child, "close");
  const announced = async (what: string, pattern: RegExp): Promise<string> => {
    let found: string | undefined;
    await until(what, () => {
      found = pattern.exec(text)?.[1];
      if (found === undefined && child.exitCode !== null) throw new Error(`it ended: ${text}`);
      return found !== undefined;
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}; it printed: ${text}`);
    });
    return found ?? "";
  };
  const url = (): Promise<string> => announced("it serves", /Serving (http:\S+)/);
  return {
    pid: child.pid ?? 0,
    printed: () => text,
    url,
    operatorApi: () => announced("the operator's API is there", /operator's API is at (http:\S+?);/),
    async get(path) {
      const answer = await fetch(`${await url()}${path}`);
      return { code: answer.status, body: await answer.text() };
    },
    kill: (signal) => void child.kill(signal),
    async ended() {
      await closed;
      return child.exitCode;
    },
  };
}
