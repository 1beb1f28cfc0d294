// Looks back at log files as `mailtide report` does, without the command around it.

import postfix from "../../../collectors/dialects/postfix/index.ts";
import { lookBack, type PostMortemOptions, postMortem } from "../../../src/app/post-mortem/post-mortem.ts";
import type { PostMortemJson } from "../../../src/app/post-mortem/schema.ts";
import english from "../../../src/core/status/languages/en/index.ts";

const quiet: PostMortemOptions = {
  dialect: postfix,
  json: true,
  zone: "UTC",
  languages: [english],
  stdout: () => {},
  stderr: () => {},
  progress: false,
};

/** What happened, as a value. */
export function happened(files: readonly string[], options: Partial<PostMortemOptions> = {}): Promise<PostMortemJson> {
  return lookBack(files, { ...quiet, ...options });
}

/** The whole command: exit code and what it wrote. */
export async function commanded(
  files: readonly string[],
  options: Partial<PostMortemOptions> = {},
): Promise<{ exit: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const exit = await postMortem(files, {
    ...quiet,
    ...options,
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { exit, stdout, stderr };
}
