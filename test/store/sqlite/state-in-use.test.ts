import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { faultOf, newStatePath, numberedCheckpoint } from "./state-file.ts";

test("a second store on the same state is refused while the first is open, a reader is not", () => {
  const path = newStatePath();
  const first = openSqliteStore(path);
  first.commit(numberedCheckpoint(1, 10));
  const fault = faultOf(() => openSqliteStore(path));
  expect(fault.code).toBe("state-unwritable");
  expect(fault.message).toContain("in use by another mailtide");
  const reader = openSqliteStore(path, { readOnly: true });
  expect(reader.load()?.at).toBe(1);
  expect(faultOf(() => reader.commit(numberedCheckpoint(2, 10))).code).toBe("state-unwritable");
  reader.close();
  first.close();
  openSqliteStore(path).close();
});

test("the lock of a killed process is free at once", async () => {
  const path = newStatePath();
  const store = join(import.meta.dirname, "../../../src/store/sqlite/store.ts");
  const code = `
    import { openSqliteStore } from ${JSON.stringify(store)};
    globalThis.store = openSqliteStore(${JSON.stringify(path)});
    process.stdout.write("open");
    setInterval(() => globalThis.store, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(faultOf(() => openSqliteStore(path)).message).toContain("in use");
  child.kill("SIGKILL");
  await once(child, "exit");
  openSqliteStore(path).close();
});
