// What the operator reads when the configuration is wrong, word for word; and what holds when it is right.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Config, loadConfig, variables } from "../../../src/app/config.ts";
import { Fault } from "../../../src/core/fault.ts";

const here = import.meta.dirname;
const file = (name: string): string => join(here, `${name}.yml`);

function sentence(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault && error.code === "config-invalid") return error.message.replace(`${here}/`, "");
    throw error;
  }
  return "no fault";
}

const sentences: Readonly<Record<string, string>> = {
  "invalid-misspelt-key":
    'invalid-misspelt-key.yml, line 3: there is no setting "intervl"; allowed here are mta, logs, timezone, queue, interval, state, listen, operator, administrators, public, export, webhooks, probe, lookout',
  "invalid-misspelt-key-below":
    'invalid-misspelt-key-below.yml, line 3: there is no setting "queue.time_out"; allowed here are interval, timeout',
  "invalid-no-unit":
    'invalid-no-unit.yml, line 1: "interval" is not right; allowed is a time from 0.1s to 1h, such as 30s or 5m',
  "invalid-nought":
    'invalid-nought.yml, line 2: "queue.interval" is not right; allowed is a time from 0.1s to 24h, such as 30s or 5m',
  "invalid-too-long":
    'invalid-too-long.yml, line 1: "interval" is not right; allowed is a time from 0.1s to 1h, such as 30s or 5m',
  "invalid-zone":
    'invalid-zone.yml, line 1: "timezone" is not right; allowed is a time zone by its IANA name, such as Europe/Vienna or UTC',
  "invalid-relative-path":
    'invalid-relative-path.yml, line 3: "logs.1" is not right; allowed is a path from the root, beginning with /',
  "invalid-log-not-a-list":
    'invalid-log-not-a-list.yml, line 1: "logs" is not right; allowed is a list of paths, each beginning with /',
  "invalid-no-logs":
    'invalid-no-logs.yml, line 1: "logs" is not right; allowed is a list of paths, each beginning with /',
  "invalid-state":
    'invalid-state.yml, line 2: "state" is not right; allowed is a path from the root, beginning with /, or none',
  "invalid-listen":
    'invalid-listen.yml, line 1: "listen" is not right; allowed is a host and a port, such as 127.0.0.1:9786 or [::1]:9786',
  "invalid-who": 'invalid-who.yml, line 1: "administrators" is not right; allowed is this-machine or everyone',
  "invalid-token":
    'invalid-token.yml, line 4: "operator.tokens.0" is not right; allowed is a list of hashes of 64 digits, as `mailtide operator token` prints them',
  "invalid-language":
    'invalid-language.yml, line 2: "public.languages.0" is not right; allowed is a list of languages, such as [en, de]',
  "invalid-webhook":
    'invalid-webhook.yml, line 3: "webhooks.0.url" is not right; allowed is an address that begins with https:// or http://, without a user or password in it',
  "invalid-webhook-secret":
    'invalid-webhook-secret.yml, line 3: there is no setting "webhooks.0.secret"; allowed here are name, url, url_file, form, secret_file, secret_env, allow_private',
  "invalid-section":
    'invalid-section.yml, line 2: "queue" is not right; allowed is a list of settings below it: interval, timeout',
  "invalid-empty-value": 'invalid-empty-value.yml, line 1: "mta" has no value; give it one, or take the key out',
  "invalid-twice": "invalid-twice.yml, line 2: this is not YAML (Map keys must be unique)",
  "invalid-tab": "invalid-tab.yml, line 2: this is not YAML (Tabs are not allowed as indentation)",
  "invalid-not-settings": 'invalid-not-settings.yml: settings have the form "key: value"',
  "invalid-alias":
    "invalid-alias.yml: this is not YAML (Unresolved alias (the anchor must be set before the alias): elsewhere)",
  "invalid-dialect":
    'invalid-dialect.yml, line 2: "mta.dialect" is not right; allowed is the name of a mail server, such as postfix',
};

test.each(Object.entries(sentences))("%s", (name, expected) => {
  expect(sentence(() => loadConfig(file(name), {}))).toBe(expected);
});

test("every wrong file here has its sentence", () => {
  const files = readdirSync(here).filter((name) => name.startsWith("invalid-"));
  expect(files.length).toBeGreaterThan(15);
  expect(files.map((name) => name.replace(/\.yml$/, "")).sort()).toEqual(Object.keys(sentences).sort());
});

test("a file that is not there is named", () => {
  const missing = join(here, "there-is-none.yml");
  expect(sentence(() => loadConfig(missing, {}))).toBe("the configuration there-is-none.yml cannot be read");
});

const everything: Config = {
  mta: { dialect: "postfix", config_directory: "/etc/postfix", queue_directory: "/var/spool/postfix" },
  logs: ["/var/log/mail.log", "/var/log/mail-out.log"],
  timezone: "Europe/Vienna",
  queue: { interval: 90_000, timeout: 20_000 },
  interval: 10_000,
  state: "/srv/mailtide/state.sqlite",
  listen: "9790",
  administrators: "everyone",
  operator: { listen: "192.0.2.7:9787", tokens: ["5f".repeat(32)] },
  public: {
    name: "Mail of Example",
    url: "https://status.example.org",
    languages: ["de", "en"],
    counts: false,
    not_affected: "Websites are not affected.",
    components: { receiving: "Mail for you", webmail: "Webmail" },
  },
  probe: {
    addresses: ["192.0.2.1", "[2001:db8::1]:2525", "mx.example.org"],
    interval: 30_000,
    timeout: 10_000,
    name: "watch.example.org",
  },
  export: { directory: "/srv/mailtide/www", interval: 30_000, valid: 600_000 },
  webhooks: [
    { name: "chat", url_file: "/etc/mailtide/chat-url", form: "slack", allow_private: false },
    {
      url: "https://hooks.example.org/mail",
      form: "standard",
      secret_file: "/etc/mailtide/hook-secret",
      allow_private: true,
    },
  ],
  lookout: {
    smtp: "192.0.2.7:25",
    name: "spare.example.org",
    folder: "/srv/mailtide/lookout",
    reads: "headers",
    domains: ["example.org", "example.net"],
    messages: 20_000,
    patience: 172_800_000,
    wire: "http://192.0.2.1:9787",
    returns: "/srv/mailtide/returns.ndjson",
    certificate: "/srv/mailtide/spare.pem",
    private_key: "/srv/mailtide/spare.key",
  },
};

const defaults: Config = {
  mta: { dialect: "postfix" },
  queue: { interval: 30_000, timeout: 60_000 },
  interval: 5000,
  state: "/var/lib/mailtide/state.sqlite",
  listen: "127.0.0.1:9786",
  administrators: "this-machine",
  operator: { tokens: [] },
  public: {
    name: "Email",
    languages: ["en"],
    counts: true,
    not_affected: "",
    components: { receiving: "Receiving mail", sending: "Sending mail" },
  },
  probe: { addresses: [], interval: 60_000, timeout: 30_000 },
  export: { interval: 60_000, valid: 900_000 },
  webhooks: [],
  lookout: {
    smtp: "0.0.0.0:25",
    folder: "/var/lib/mailtide/lookout",
    reads: "envelope",
    messages: 50_000,
    patience: 432_000_000,
  },
};

test("everything can be set, and without anything the defaults hold", () => {
  expect(loadConfig(file("valid-everything"), {})).toEqual(everything);
  expect(loadConfig(undefined, {})).toEqual(defaults);
});

describe("the environment", () => {
  const environment = {
    PATH: "/usr/bin",
    MAILTIDE_CONFIG: "/somewhere/else.yml",
    MAILTIDE_MTA_DIALECT: "postfix",
    MAILTIDE_MTA_CONFIG_DIRECTORY: "/etc/postfix-out",
    MAILTIDE_MTA_QUEUE_DIRECTORY: "/var/spool/postfix-out",
    MAILTIDE_LOGS: "/var/log/a.log, /var/log/b.log",
    MAILTIDE_TIMEZONE: "UTC",
    MAILTIDE_QUEUE_INTERVAL: "2m",
    MAILTIDE_QUEUE_TIMEOUT: "5s",
    MAILTIDE_INTERVAL: "1s",
    MAILTIDE_STATE: "none",
    MAILTIDE_LISTEN: "[::1]:9791",
    MAILTIDE_ADMINISTRATORS: "this-machine",
    MAILTIDE_OPERATOR_LISTEN: "none",
    MAILTIDE_OPERATOR_TOKENS: "5f".repeat(32),
    MAILTIDE_PUBLIC_NAME: "Mail of Example",
    MAILTIDE_PUBLIC_URL: "https://status.example.org/",
    MAILTIDE_PUBLIC_LANGUAGES: "de, en",
    MAILTIDE_PUBLIC_COUNTS: "false",
    MAILTIDE_PUBLIC_NOT_AFFECTED: "Websites are not affected.",
    MAILTIDE_PUBLIC_COMPONENTS: "receiving=Mail for you, webmail=Webmail",
    MAILTIDE_PROBE_ADDRESSES: "192.0.2.1, [2001:db8::1]:2525, mx.example.org",
    MAILTIDE_PROBE_INTERVAL: "30s",
    MAILTIDE_PROBE_TIMEOUT: "10s",
    MAILTIDE_PROBE_NAME: "watch.example.org",
    MAILTIDE_EXPORT_DIRECTORY: "/srv/mailtide/www",
    MAILTIDE_EXPORT_INTERVAL: "30s",
    MAILTIDE_EXPORT_VALID: "10m",
    MAILTIDE_WEBHOOKS:
      '[{"name": "chat", "url_file": "/etc/mailtide/chat-url", "form": "slack"}, {"url": "https://hooks.example.org/mail", "secret_file": "/etc/mailtide/hook-secret", "allow_private": "true"}]',
    MAILTIDE_LOOKOUT_SMTP: "192.0.2.7:25",
    MAILTIDE_LOOKOUT_NAME: "spare.example.org",
    MAILTIDE_LOOKOUT_FOLDER: "/srv/mailtide/lookout",
    MAILTIDE_LOOKOUT_READS: "headers",
    MAILTIDE_LOOKOUT_DOMAINS: "example.org, example.net",
    MAILTIDE_LOOKOUT_MESSAGES: "20000",
    MAILTIDE_LOOKOUT_PATIENCE: "48h",
    MAILTIDE_LOOKOUT_WIRE: "http://192.0.2.1:9787",
    MAILTIDE_LOOKOUT_RETURNS: "/srv/mailtide/returns.ndjson",
    MAILTIDE_LOOKOUT_CERTIFICATE: "/srv/mailtide/spare.pem",
    MAILTIDE_LOOKOUT_PRIVATE_KEY: "/srv/mailtide/spare.key",
  };
  const overridden: Config = {
    mta: { dialect: "postfix", config_directory: "/etc/postfix-out", queue_directory: "/var/spool/postfix-out" },
    logs: ["/var/log/a.log", "/var/log/b.log"],
    timezone: "UTC",
    queue: { interval: 120_000, timeout: 5000 },
    interval: 1000,
    state: "none",
    listen: "[::1]:9791",
    administrators: "this-machine",
    operator: { listen: "none", tokens: everything.operator.tokens },
    public: everything.public,
    probe: everything.probe,
    export: everything.export,
    webhooks: everything.webhooks,
    lookout: everything.lookout,
  };

  test("has a variable for every setting, and wins", () => {
    expect([...variables().keys()].sort()).toEqual(
      Object.keys(environment)
        .filter((name) => name.startsWith("MAILTIDE_") && name !== "MAILTIDE_CONFIG")
        .sort(),
    );
    expect(loadConfig(file("valid-everything"), environment)).toEqual(overridden);
    expect(loadConfig(undefined, environment)).toEqual(overridden);
  });

  test("wins over a value that is wrong, and leaves its neighbours as they are", () => {
    expect(loadConfig(file("invalid-nought"), { MAILTIDE_QUEUE_INTERVAL: "7s" }).queue.interval).toBe(7000);
    const { queue } = loadConfig(file("valid-everything"), { MAILTIDE_QUEUE_INTERVAL: "7s" });
    expect(queue).toEqual({ interval: 7000, timeout: 20_000 });
  });

  test.each([
    [
      { MAILTIDE_INTERVALL: "5s" },
      `MAILTIDE_INTERVALL in the environment is not a setting; allowed are ${[...variables().keys()].join(", ")}`,
    ],
    [
      { MAILTIDE_INTERVAL: "5" },
      'MAILTIDE_INTERVAL: "interval" is not right; allowed is a time from 0.1s to 1h, such as 30s or 5m',
    ],
    [
      { MAILTIDE_QUEUE_TIMEOUT: "2h" },
      'MAILTIDE_QUEUE_TIMEOUT: "queue.timeout" is not right; allowed is a time from 0.1s to 1h, such as 30s or 5m',
    ],
    [
      { MAILTIDE_LOGS: "/var/log/mail.log,mail.err" },
      'MAILTIDE_LOGS: "logs.1" is not right; allowed is a path from the root, beginning with /',
    ],
    [
      { MAILTIDE_STATE: "" },
      'MAILTIDE_STATE: "state" is not right; allowed is a path from the root, beginning with /, or none',
    ],
  ])("%j is told by its name", (wrong, expected) => {
    expect(sentence(() => loadConfig(undefined, wrong))).toBe(expected);
    expect(sentence(() => loadConfig(file("valid-everything"), wrong))).toBe(expected);
  });
});

test.each([
  ["0.1s", 100],
  ["1.5s", 1500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
])("%s is a time", (text, milliseconds) => {
  expect(loadConfig(undefined, { MAILTIDE_INTERVAL: text }).interval).toBe(milliseconds);
});

test.each(["", "s", "5", "-5s", "5 s", "5sec", "1e3s", "0.05s", "61m", "٣s", "Infinitys"])("%j is none", (text) => {
  expect(sentence(() => loadConfig(undefined, { MAILTIDE_INTERVAL: text }))).toContain("allowed is a time");
});

describe("mailtide check-config", () => {
  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [join(here, "../../../bin/mailtide.ts"), "check-config", ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, ...environment },
    });

  test("says what is set", () => {
    const { status, stdout, stderr } = run(["--config", file("valid-everything")], { MAILTIDE_INTERVAL: "2s" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[0]).toBe(`${file("valid-everything")}: right.`);
    expect(JSON.parse(stdout.slice(stdout.indexOf("\n")))).toEqual({ ...everything, interval: 2000 });
  });

  test("takes the file from the environment, too", () => {
    const { stdout } = run([], { MAILTIDE_CONFIG: file("valid-everything") });
    expect(JSON.parse(stdout.slice(stdout.indexOf("\n")))).toEqual(everything);
  });

  test("ends with 2 and says what to do", () => {
    const { status, stdout, stderr } = run(["--config", file("invalid-no-unit")]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `mailtide: ${here}/${sentences["invalid-no-unit"]}. (config-invalid)\n  Mend it and try \`mailtide check-config\`; docs/configuration.md lists all settings.\n`,
    );
  });
});
