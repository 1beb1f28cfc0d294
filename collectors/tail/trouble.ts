// What an operator is told when a log cannot be read.

import { Fault } from "../../src/core/fault.ts";
import { systemCode } from "./files.ts";

/** How well a log can be followed at the moment. */
export type TailState = "following" | "missing" | "forbidden" | "failed";

/** A state that is not `following`, with the fault that says why. */
export interface Trouble {
  readonly state: Exclude<TailState, "following">;
  readonly fault: Fault;
}

/** Says what the error means for the log at `log`. `followed`: it had been there. */
export function troubleOf(log: string, error: unknown, followed: boolean): Trouble {
  const path = error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : log;
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    const fault = followed
      ? new Fault("source-gone", `${path} is gone`, `Check that the mail system still logs to ${path}.`, error)
      : new Fault(
          "source-missing",
          `There is no ${path}`,
          "Check the path, and that the mail system logs there.",
          error,
        );
    return { state: "missing", fault };
  }
  if (code === "EACCES" || code === "EPERM") {
    const advice = `Let this user read it: setfacl -m u:$(id -un):r ${path}, or add it to the group that owns the file.`;
    return { state: "forbidden", fault: new Fault("source-forbidden", `${path} may not be read`, advice, error) };
  }
  const why = error instanceof Error ? error.message : String(error);
  const advice = "Check the disk and the kernel's log. Reading goes on by itself once it works again.";
  return { state: "failed", fault: new Fault("source-failed", `${path} cannot be read: ${why}`, advice, error) };
}

/** The path leads to something that is no file. */
export function notAFile(path: string, directory: boolean): Trouble {
  const what = directory ? "a directory" : "not a regular file";
  const fault = new Fault("source-failed", `${path} is ${what}`, "Name the log file itself.");
  return { state: "failed", fault };
}
