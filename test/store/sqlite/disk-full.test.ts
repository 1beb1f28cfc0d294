import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { faultOf, isCheckpoint, newStatePath, numberedCheckpoint } from "./state-file.ts";

test("no room for a commit: the old state stays, and writing goes on once there is room", () => {
  const path = newStatePath();
  const store = openSqliteStore(path, { maxBytes: 1_000_000 });
  for (let n = 1; n < 50; n++) {
    store.commit(numberedCheckpoint(n, 100_000));
    const fault = faultOf(() => store.commit(numberedCheckpoint(n + 1000, 3_000_000)));
    expect(fault.code).toBe("state-unwritable");
    expect(fault.message).toContain("full");
    expect(isCheckpoint(store.load(), n, 100_000)).toBe(true);
  }
  store.close();
  const again = openSqliteStore(path);
  expect(isCheckpoint(again.load(), 49, 100_000)).toBe(true);
  again.close();
});

test("a disk of 4 MiB that fills and empties", ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root can mount a small disk");
  const folder = join(dirname(newStatePath()), "small-disk");
  mkdirSync(folder);
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], {
    encoding: "utf8",
  });
  if (status !== 0) skip(`no small disk here: ${stderr}`);
  try {
    const filler = join(folder, "filler");
    let faults = 0;
    for (let n = 1; n <= 100; n++) {
      const path = join(folder, `state-${n}.db`);
      const store = openSqliteStore(path);
      store.commit(numberedCheckpoint(n, 100_000));
      const { bavail, bsize } = statfsSync(folder);
      // Another amount of room each time, so that the write breaks off at another place.
      writeFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - ((n * 37_000) % 1_000_000))));
      let kept: readonly [number, number] = [n, 100_000];
      try {
        store.commit(numberedCheckpoint(n + 1000, 900_000));
        kept = [n + 1000, 900_000];
      } catch (error) {
        expect(error).toMatchObject({ name: "Fault", code: "state-unwritable" });
        faults++;
      }
      expect(isCheckpoint(store.load(), ...kept)).toBe(true);
      rmSync(filler);
      store.commit(numberedCheckpoint(n + 2000, 900_000));
      store.close();
      const again = openSqliteStore(path);
      expect(isCheckpoint(again.load(), n + 2000, 900_000)).toBe(true);
      again.close();
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
    expect(faults).toBeGreaterThan(50);
  } finally {
    spawnSync("umount", ["-l", folder]);
  }
});

test("a folder that cannot be made, and a path that is a folder", () => {
  const path = newStatePath();
  writeFileSync(path, "");
  expect(faultOf(() => openSqliteStore(join(path, "below", "state.db"))).code).toBe("state-unwritable");
  mkdirSync(`${path}.d`);
  expect(faultOf(() => openSqliteStore(`${path}.d`)).code).toBe("state-unwritable");
});
