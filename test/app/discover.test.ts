import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { discover, discoverPublishers } from "../../src/app/discover.ts";

test("every publisher is found by its folder alone", async () => {
  const names = (await discoverPublishers()).map((publisher) => publisher.name);
  for (const name of ["health", "page", "prometheus", "report"]) expect(names).toContain(name);
});

test("no two publishers claim the same address", async () => {
  const paths = (await discoverPublishers()).flatMap((publisher) => publisher.addresses.map(({ path }) => path));
  expect(paths.length).toBeGreaterThan(5);
  expect(new Set(paths).size).toBe(paths.length);
});

async function folderWith(files: Record<string, string>): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), "discover-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return pathToFileURL(folder);
}

test("a new folder is found, and folders and files without a variant are passed over", async () => {
  const folder = await folderWith({
    "b/index.ts": 'export default { name: "b" };',
    "a/index.ts": 'export default { name: "a" };',
    "samples/one.log": "",
    "contract.ts": "",
  });
  expect(await discover(folder, () => true)).toEqual([{ name: "a" }, { name: "b" }]);
});

test("a folder that exports something else is named", async () => {
  const wrong = await folderWith({ "a/index.ts": 'export default { name: "b" };' });
  await expect(discover(wrong, () => true)).rejects.toThrow(
    'a/index.ts has to export by default a value that is named "a"',
  );
  const none = await folderWith({ "a/index.ts": "export const a = 1;" });
  await expect(discover(none, () => true)).rejects.toThrow("a/index.ts");
});
