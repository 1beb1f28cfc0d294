// The operator's verbs as the command line has them: words into acts.

import { type Command, InvalidArgumentError } from "commander";
import { Fault } from "../../core/fault.ts";
import type { Act, GivenState } from "../../core/status/incidents/acts.ts";
import { componentStates, incidentStatuses } from "../../core/status/incidents/incident.ts";
import { now } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Screen } from "../screen.ts";
import { lengthOf, momentOf } from "./times.ts";
import { hashOf, newToken } from "./tokens.ts";

type Settings = { readonly config?: string };
type Configured = (options: Settings) => Promise<Config>;

interface Words {
  readonly config?: string;
  readonly text?: string;
  readonly title?: string;
  readonly status?: "investigating" | "identified" | "monitoring";
  readonly component?: readonly string[];
  readonly next?: string;
  readonly began?: string;
  readonly from?: string;
  readonly to?: string;
  readonly every?: string;
  readonly lasts?: string;
  readonly zone?: string;
  readonly json?: boolean;
}

/** Adds all of them to a program. `configured` reads the configuration that an option names. */
export function addOperatorVerbs(program: Command, configured: Configured, screen: Screen): void {
  const withConfig = (command: Command): Command =>
    command.option("-c, --config <file>", "configuration in YAML", process.env.MAILTIDE_CONFIG);
  const run = async (options: Words, meaning: (config: Config, zone: string) => Act): Promise<void> => {
    const config = await configured(settings(options));
    const zone = options.zone ?? config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const act = meaning(config, zone);
    const { perform } = await import("./command.ts");
    await perform(config, act, screen);
  };
  const show = async (options: Words, what: "incidents" | "maintenance"): Promise<void> => {
    const { list } = await import("./command.ts");
    await list(await configured(settings(options)), what, options.json === true, screen);
  };
  addIncident(program, withConfig, run, show);
  addMaintenance(program, withConfig, run, show);
  withConfig(program.command("restore-hole"))
    .description("say that mail which arrived between two times is gone: a copy of FROM was put back at TO")
    .argument("<from>", 'time of the copy, such as "2026-11-26 03:00"')
    .argument("<to>", "time at which it was put back")
    .option("--zone <zone>", "time zone of both")
    .action((from: string, to: string, options: Words) =>
      run(options, (_, zone) => ({ act: "restore-hole", from: moment(from, zone), to: moment(to, zone) })),
    );
  withConfig(program.command("component"))
    .description("say how a part of the service is that mailtide does not judge itself")
    .argument("<id>", "its id under public.components")
    .argument("<state>", componentStates.join(", "), oneOf(componentStates))
    .action((component: string, state: GivenState, options: Words) =>
      run(options, () => ({ act: "component", component, state })),
    );
  program
    .command("operator")
    .description("for whoever sets up the operator's API")
    .command("token")
    .description("make a token: give the token to who acts, and its hash to mailtide")
    .action(() => {
      const token = newToken();
      screen.write(`token (it is not kept anywhere):      ${token}\n`);
      screen.write(`hash for operator.tokens:             ${hashOf(token)}\n`);
    });
}

type Run = (options: Words, meaning: (config: Config, zone: string) => Act) => Promise<void>;
type Show = (options: Words, what: "incidents" | "maintenance") => Promise<void>;

function addIncident(program: Command, withConfig: (command: Command) => Command, run: Run, show: Show): void {
  const incident = program.command("incident").description("open, update, resolve and list incidents");
  const worded = (command: Command): Command =>
    withConfig(command)
      .option("--status <status>", "investigating, identified or monitoring", oneOf(incidentStatuses.slice(0, 3)))
      .option("--component <id=state>", "how a part of the service is; may be given more than once", several, [])
      .option("--next <time>", 'promise more by a time, such as "15:00" with its day before it, or 30m')
      .option("--zone <zone>", "time zone of the times");
  worded(incident.command("open"))
    .description("tell people of trouble")
    .argument("<title>", "at most 120 characters")
    .option("--text <text>", "what it means for people, at most 2000 characters", "")
    .option("--began <time>", "when it began; now if it is not given")
    .action((title: string, options: Words) =>
      run(options, (_, zone) => ({
        act: "incident-open",
        title,
        text: options.text ?? "",
        status: options.status,
        components: states(options.component),
        nextBy: perhaps(options.next, zone),
        began: perhaps(options.began, zone),
      })),
    );
  worded(incident.command("update"))
    .description("tell people more, or that there is no news")
    .argument("<id>")
    .argument("<text>", "at most 2000 characters")
    .option("--title <title>", "another title")
    .action((id: string, text: string, options: Words) =>
      run(options, (_, zone) => ({
        act: "incident-update",
        incident: id,
        text,
        title: options.title,
        status: options.status,
        components: (options.component?.length ?? 0) === 0 ? undefined : states(options.component),
        nextBy: perhaps(options.next, zone),
      })),
    );
  withConfig(incident.command("resolve"))
    .description("tell people that it is over; what mailtide still sees stays open until that is over, too")
    .argument("<id>")
    .argument("[text]", "at most 2000 characters", "")
    .action((id: string, text: string, options: Words) =>
      run(options, () => ({ act: "incident-resolve", incident: id, text })),
    );
  withConfig(incident.command("list"))
    .description("open and past incidents, newest first")
    .option("--json", "as JSON", false)
    .action((options: Words) => show(options, "incidents"));
}

function addMaintenance(program: Command, withConfig: (command: Command) => Command, run: Run, show: Show): void {
  const maintenance = program.command("maintenance").description("announce, cancel and list planned work");
  withConfig(maintenance.command("add"))
    .description("announce planned work, once (--from, --to) or again and again (--every, --lasts)")
    .option("--title <title>", "at most 120 characters", "")
    .option("--text <text>", "what is done and what it means for people", "")
    .option("--from <time>", 'such as "2026-11-28 22:00"')
    .option("--to <time>")
    .option("--every <cron>", 'minute, hour, day, month, weekday: "0 22 * * 6" is Saturdays at 22:00')
    .option("--lasts <length>", "such as 90m or 2h")
    .option("--component <id>", "a part of the service that it concerns; may be given more than once", several, [])
    .option("--zone <zone>", "time zone of the times")
    .action((options: Words) => run(options, (_, zone) => plannedWork(options, zone)));
  withConfig(maintenance.command("cancel"))
    .description("call planned work off, end it early, or end a rule with all its windows to come")
    .argument("<id>", "of a window or a rule")
    .option("--text <text>", "why, for people", "")
    .action((id: string, options: Words) =>
      run(options, () => ({ act: "maintenance-cancel", id, text: options.text ?? "" })),
    );
  withConfig(maintenance.command("list"))
    .description("planned work and its rules")
    .option("--json", "as JSON", false)
    .action((options: Words) => show(options, "maintenance"));
}

function plannedWork(options: Words, zone: string): Act {
  const { title = "", text = "", from, to, every, lasts, component = [] } = options;
  const components = component.length === 0 ? undefined : component;
  if (every !== undefined && lasts !== undefined && from === undefined && to === undefined) {
    const length = lengthOf(lasts);
    if (length === undefined) throw refusal(`"${lasts}" is not a length: write 90m, 2h or 1d.`);
    return { act: "maintenance-repeat", title, text, cron: every, zone, lasts: length, components };
  }
  if (from === undefined || to === undefined || every !== undefined || lasts !== undefined) {
    throw refusal("Give --from and --to for work that comes once, or --every and --lasts for work that comes again.");
  }
  return { act: "maintenance-add", title, text, from: moment(from, zone), to: moment(to, zone), components };
}

function settings({ config }: Words): Settings {
  return config === undefined ? {} : { config };
}

function several(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function oneOf(allowed: readonly string[]): (value: string) => string {
  return (value) => {
    if (!allowed.includes(value)) throw new InvalidArgumentError(`Give one of ${allowed.join(", ")}.`);
    return value;
  };
}

function states(given: readonly string[] = []): Record<string, GivenState> {
  const found: Record<string, GivenState> = {};
  for (const one of given) {
    const [id, state] = one.split("=");
    const known = componentStates.find((name) => name === state);
    if (known === undefined) {
      throw refusal(
        `"${one}" says nothing of a component: write its id and a state, such as receiving=major_outage. States are ${componentStates.join(", ")}.`,
      );
    }
    found[id] = known;
  }
  return found;
}

function perhaps(text: string | undefined, zone: string): number | undefined {
  return text === undefined ? undefined : moment(text, zone);
}

function moment(text: string, zone: string): number {
  const at = momentOf(text, zone, now());
  if (typeof at === "string") throw refusal(at);
  return at;
}

function refusal(says: string): Fault {
  return new Fault("operator-refused", says, "Nothing was changed.");
}
