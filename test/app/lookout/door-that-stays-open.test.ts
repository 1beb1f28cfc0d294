// Trouble beside the door of a lookout: it is said, and senders are answered all the same.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { returnLine } from "../../../collectors/lookout/returns.ts";
import { loadConfig } from "../../../src/app/config.ts";
import { openDoor } from "../../../src/app/lookout-door.ts";
import { Fault } from "../../../src/core/fault.ts";
import { markOf } from "../../collectors/lookout/sightings.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mailtide-lookout-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configured = (more: Readonly<Record<string, string>> = {}) =>
  loadConfig(undefined, { MAILTIDE_LOOKOUT_FOLDER: folder, MAILTIDE_LOOKOUT_SMTP: "127.0.0.1:0", ...more });

const key = Buffer.alloc(32, 1);

test("a list of returns that cannot be read is said, and read when it can be", async () => {
  const list = join(folder, "returns.ndjson");
  const said: unknown[] = [];
  const door = await openDoor(configured({ MAILTIDE_LOOKOUT_RETURNS: list }), key, undefined, (one) => said.push(one));
  try {
    // Whatever the rights of who runs the tests: a folder is no list.
    mkdirSync(list);
    await door.round();
    expect(said).toMatchObject([{ code: "source-forbidden", message: expect.stringContaining(list) }]);
    expect(said[0]).toBeInstanceOf(Fault);
    rmSync(list, { recursive: true });
    const nobody = { sender: markOf("sender", ""), recipient: markOf("recipient", "x@held.test"), origins: [], at: 0 };
    writeFileSync(list, `${returnLine(nobody)}\n`);
    await door.round();
    expect(door.lookout.report(0).returns.unmatched).toBe(1);
    expect(said).toHaveLength(1);
  } finally {
    await door.close();
  }
});

test("a certificate that is none is said to be that, and not a port that is taken", async () => {
  const path = join(folder, "cert.pem");
  writeFileSync(path, "hello\n");
  const config = configured({ MAILTIDE_LOOKOUT_CERTIFICATE: path, MAILTIDE_LOOKOUT_PRIVATE_KEY: path });
  await expect(openDoor(config, key, undefined, () => undefined)).rejects.toMatchObject({
    code: "config-invalid",
    message: "the certificate of the lookout cannot be read",
  });
});
