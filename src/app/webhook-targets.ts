// The targets of webhooks with their secrets, which are read from files and variables when the program starts.

import { readFileSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import type { WebhookTarget } from "../publishers/publisher.ts";
import type { Config } from "./config.ts";

/** Reads what is named. Throws `Fault("config-invalid")` if it is not there: nothing is ever sent unsigned by mistake. */
export function webhookTargets(
  hooks: Config["webhooks"],
  environment: Readonly<Record<string, string | undefined>>,
): readonly WebhookTarget[] {
  const targets = hooks.map((hook, i): WebhookTarget => {
    const place = `webhooks.${i}`;
    const url = hook.url ?? secretIn(hook.url_file ?? "", `${place}.url_file`);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw invalid(`${place}.url_file: what is in ${hook.url_file} is not an address that begins with https://`);
    }
    return {
      name: hook.name ?? `webhook-${i + 1}`,
      url,
      form: hook.form,
      secret: secretOf(hook, place, environment),
      allowPrivate: hook.allow_private,
    };
  });
  const twice = targets.find(({ name }, i) => targets.findIndex((one) => one.name === name) !== i);
  if (twice !== undefined) throw invalid(`webhooks: two of them are named "${twice.name}"`);
  return targets;
}

function secretOf(
  { secret_file, secret_env }: Config["webhooks"][number],
  place: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (secret_file !== undefined) return secretIn(secret_file, `${place}.secret_file`);
  if (secret_env === undefined) return undefined;
  const secret = environment[secret_env]?.trim() ?? "";
  if (secret === "") throw invalid(`${place}.secret_env: the variable ${secret_env} is not set`);
  return secret;
}

function secretIn(file: string, place: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw invalid(`${place}: ${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (text === "") throw invalid(`${place}: ${file} is empty`);
  return text;
}

function invalid(message: string): Fault {
  return new Fault(
    "config-invalid",
    message,
    "Put the secret there, readable for mailtide's user alone, and start again.",
  );
}
