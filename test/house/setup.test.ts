import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  alone,
  COMMANDS,
  major,
  misfit,
  NODE_PACKAGES,
  NODE_VERSION,
  npmTrouble,
  OLDEST_NODE,
} from "../../bin/setup.mjs";
import { root, textOf } from "./sources.ts";

const manifest = JSON.parse(textOf("package.json")) as { scripts: Record<string, string>; engines: { node: string } };

test("every npm script goes through the set-up, and every verb of it is an npm script", () => {
  expect(Object.keys(manifest.scripts).sort()).toEqual(Object.keys(COMMANDS).sort());
  for (const [verb, line] of Object.entries(manifest.scripts)) expect(line).toBe(`node bin/setup.mjs ${verb}`);
});

test("the oldest Node of the set-up is that of package.json", () => {
  expect(manifest.engines.node).toBe(`>=${OLDEST_NODE}`);
});

test("the Node that is fetched is the one that version managers read", () => {
  expect(textOf(".node-version").trim()).toBe(NODE_VERSION);
});

test("the set-up needs nothing that is not in an old Node", () => {
  const text = textOf("bin/setup.mjs");
  expect(text).not.toMatch(/from "(?!node:)/);
  // Node 14 reads neither of these; everything else in the file it does.
  expect(text).not.toMatch(/\?\?=|\|\|=|&&=|\.at\(|replaceAll|Object\.hasOwn|structuredClone|^await /m);
});

test("versions are read with and without a v", () => {
  expect([major("v20.20.2"), major("26.10.0"), major("")]).toEqual([20, 26, Number.NaN]);
});

test("there is a Node to fetch for the usual machines", () => {
  expect(Object.keys(NODE_PACKAGES)).toEqual(expect.arrayContaining(["linux-x64", "linux-arm64", "darwin-arm64"]));
});

const lock = {
  packages: {
    "": { version: "1.0.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/for-another-machine": { version: "3.0.0", optional: true },
  },
};

test("packages fit when each is there in its version; those of other platforms may be absent", () => {
  expect(misfit(lock, { packages: { "node_modules/a": { version: "1.0.0" } } })).toBeUndefined();
});

test.each([
  [undefined, "packages are not installed"],
  [{ packages: {} }, "node_modules/a is not installed"],
  [{ packages: { "node_modules/a": { version: "0.9.0" } } }, "node_modules/a is 0.9.0, not 1.0.0"],
  [
    { packages: { "node_modules/a": { version: "1.0.0" }, "node_modules/for-another-machine": { version: "2.0.0" } } },
    "node_modules/for-another-machine is 2.0.0, not 3.0.0",
  ],
])("packages that do not fit: %j", (installed, why) => {
  expect(misfit(lock, installed)).toBe(why);
});

test("the lock file names the packages of every platform, so that a strict install works on each", () => {
  const real = JSON.parse(textOf("package-lock.json")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing: string[] = [];
  for (const [name, { optionalDependencies = {} }] of Object.entries(real.packages)) {
    for (const dependency of Object.keys(optionalDependencies)) {
      const places = [`${name}/node_modules/${dependency}`, `node_modules/${dependency}`];
      if (!places.some((place) => place in real.packages)) missing.push(`${name} wants ${dependency}`);
    }
  }
  expect(Object.keys(real.packages).length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});

test("what npm says of a failure is cut down to its code", () => {
  expect(npmTrouble("npm error code ENOTFOUND\nnpm error errno ENOTFOUND\n")).toBe("ENOTFOUND");
  expect(npmTrouble("npm ERR! code E404\n")).toBe("E404");
  expect(npmTrouble("Killed\n")).toBe("npm failed");
});

test("two set-ups at once: the second waits, and a lock whose owner is dead is not waited for", async () => {
  const folder = mkdtempSync(join(tmpdir(), "setup-"));
  const file = join(folder, "lock");
  const gone = spawnSync(process.execPath, ["-e", "0"]).pid;
  writeFileSync(file, String(gone));
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const enter = async () => {
    order.push("first in");
    await held;
    order.push("first out");
  };
  const first = alone(file, enter, () => order.push("first waits"));
  await expect.poll(() => order).toEqual(["first in"]);
  expect(readFileSync(file, "utf8")).toBe(String(process.pid));
  const second = alone(
    file,
    async () => void order.push("second in"),
    () => {
      order.push("second waits");
      release();
    },
  );
  await Promise.all([first, second]);
  expect(order).toEqual(["first in", "second waits", "first out", "second in"]);
  expect(existsSync(file)).toBe(false);
  rmSync(folder, { recursive: true });
});

test("an unknown verb is one line on standard error, nothing on standard output, and exit code 1", () => {
  const ran = spawnSync(process.execPath, [join(root, "bin", "setup.mjs"), "dance"], { encoding: "utf8" });
  expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 1, stdout: "" });
  expect(ran.stderr).toMatch(/^mailtide: say one of: .*\n$/);
});
