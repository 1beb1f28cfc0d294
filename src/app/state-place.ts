// Where the state is kept by whoever may not write to the usual place.

import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "./config.ts";

/** A first try needs no system folder: without the right to write there, the state goes to the user's own. */
export function usableState(config: Config): string {
  if (config.state !== "/var/lib/mailtide/state.sqlite") return config.state;
  try {
    accessSync(existsSync("/var/lib/mailtide") ? "/var/lib/mailtide" : "/var/lib", constants.W_OK);
    return config.state;
  } catch {
    return join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "mailtide", "state.sqlite");
  }
}
