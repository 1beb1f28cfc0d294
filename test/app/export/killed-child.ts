// The program that is killed: it brings a folder to one version of the site after the other, without a pause.
//
// Arguments: the folder, a file with the versions, the number to begin at. It loads little, so that it is soon at work.

import { readFileSync } from "node:fs";
import { ExportFolder } from "../../../src/app/export/folder.ts";

const [folder, file, begin] = process.argv.slice(2);
const versions: { name: string; type: string; body: string }[][] = JSON.parse(readFileSync(file, "utf8"));
const bodies = versions.map((files) => files.map((one) => ({ ...one, body: Buffer.from(one.body) })));
const target = new ExportFolder(folder);
for (let n = Number(begin); ; n++) {
  await target.write(bodies[n % bodies.length]);
  process.stdout.write(`${n}\n`);
}
