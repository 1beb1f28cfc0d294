// A real Prometheus for checks: on loopback, with storage of its own that goes with it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** Milliseconds since 1970. */
type Instant = number;

/** What `/metrics` said at a moment, in either format. */
export interface MetricsSample {
  readonly at: Instant;
  readonly text: string;
}

export interface Prometheus {
  readonly url: string;
  /** Evaluates over a stretch of time. Throws what Prometheus says against the expression. */
  range(expression: string, from: Instant, to: Instant, step: number): Promise<readonly Series[]>;
  stop(): Promise<void>;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of seconds since 1970 and value; `NaN` included. */
  readonly points: readonly (readonly [number, number])[];
}

const answerSchema = z.object({
  status: z.enum(["success", "error"]),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])),
        }),
      ),
    })
    .optional(),
});

/** Starts a Prometheus; `prepare` may put blocks into its storage, `scrape` are lines of `scrape_configs`. */
export async function startPrometheus(options: {
  prepare?(storage: string): Promise<void>;
  readonly scrape?: string;
}): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const storage = join(folder, "data");
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((done) => child?.once("exit", done));
      child.kill("SIGKILL");
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await options.prepare?.(storage);
    const configuration = join(folder, "prometheus.yml");
    await writeFile(configuration, options.scrape === undefined ? "{}\n" : `scrape_configs:\n${options.scrape}`);
    const port = await freePort();
    child = spawn(
      "prometheus",
      [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${storage}`,
        // Recordings may be of any year.
        "--storage.tsdb.retention.time=100y",
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=error",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let complaint = "";
    child.stderr?.on("data", (piece: Buffer) => {
      complaint = `${complaint}${piece}`.slice(-2000);
    });
    const url = `http://127.0.0.1:${port}`;
    await until(async () => {
      if (child?.exitCode !== null) throw new Error(`Prometheus did not start: ${complaint}`);
      return (await fetch(`${url}/-/ready`)).ok;
    });
    return { url, stop, range: (...asked) => range(url, ...asked) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts samples into a storage as if they had been scraped at their times under the job `mailtide`. */
export async function backfill(storage: string, samples: readonly MetricsSample[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "backfill-"));
  try {
    const file = join(folder, "metrics.txt");
    await writeFile(file, `${samples.map(stamped).join("")}# EOF\n`);
    const { status, stderr } = spawnSync(
      "promtool",
      ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, storage],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`promtool could not read the metrics back: ${stderr}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stamped({ at, text }: MetricsSample): string {
  const seconds = (at / 1000).toFixed(3);
  let out = `up{job="mailtide",instance="recording"} 1 ${seconds}\n`;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", labels = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? [];
    if (name === "") throw new Error(`not a sample: ${line}`);
    out += `${name}{job="mailtide",instance="recording"${labels === "" ? "" : `,${labels}`}} ${value} ${seconds}\n`;
  }
  return out;
}

async function range(url: string, expression: string, from: Instant, to: Instant, step: number): Promise<Series[]> {
  const body = new URLSearchParams({
    query: expression,
    start: String(from / 1000),
    end: String(to / 1000),
    step: String(step / 1000),
  });
  const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
  const { status, error, data } = answerSchema.parse(await response.json());
  if (status === "error" || data === undefined) throw new Error(error ?? "Prometheus gave no reason");
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([second, value]) => [
      second,
      value === "NaN" ? Number.NaN : Number(value.replace("Inf", "Infinity")),
    ]),
  }));
}

/** Asks until it is so; a question that cannot be put yet counts as no. */
export async function until(isSo: () => Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const so = await isSo().catch((error: unknown) => {
      if (error instanceof TypeError) return false;
      throw error;
    });
    if (so) return;
    if (performance.now() > deadline) throw new Error("it did not come to be in time");
    await new Promise((done) => setTimeout(done, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
