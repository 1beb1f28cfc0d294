// The embedded store: one SQLite file beside the program, by Node's own driver.

import type { StoreKind } from "../store.ts";
import { openSqliteStore } from "./store.ts";

export default { name: "sqlite", open: (place, options) => openSqliteStore(place, options) } satisfies StoreKind;
