// Writes docs/report.schema.json from the schema: `node src/publishers/report/write-schema.ts`.

import { writeFileSync } from "node:fs";
import { reportJsonSchema } from "./schema.ts";

/** The committed form of the JSON Schema. */
export function schemaFile(): string {
  return `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(new URL("../../../docs/report.schema.json", import.meta.url), schemaFile());
