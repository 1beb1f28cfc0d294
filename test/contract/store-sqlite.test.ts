import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { describeStore } from "./store.contract.ts";

describeStore("sqlite", {
  open: (folder) => openSqliteStore(join(folder, "state.db")),
  look: (folder) => openSqliteStore(join(folder, "state.db"), { readOnly: true }),
});
