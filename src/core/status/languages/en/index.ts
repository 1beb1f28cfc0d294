// English: whole sentences from facts, by the rules of docs/guides (short words, no jargon, times as ranges).

import type { MailAtSenders } from "../../../retries/senders/at-senders.ts";
import type { ExpectedRange } from "../../expected.ts";
import type { Language, NoticeFacts, SentenceFacts } from "../language.ts";
import { labels } from "./labels.ts";

function count(n: number): string {
  return new Intl.NumberFormat("en-US").format(n);
}

/** Two digits, for the public: 1,392 becomes 1,400. */
function rounded(n: number): string {
  return count(n < 100 ? n : Number(n.toPrecision(2)));
}

function clock(at: number, zone: string, seconds = false): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  }).format(at);
}

function day(at: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long" }).format(at);
}

/** Named with its day, and with its date if it is a week away or more. */
function moment(at: number, zone: string, now: number): string {
  if (Math.abs(at - now) < 6 * 86_400_000) return `${clock(at, zone)} on ${day(at, zone)}`;
  const date = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "long" }).format(at);
  return `${clock(at, zone)} on ${day(at, zone)}, ${date}`;
}

function zoneName(at: number, zone: string): string {
  const part = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "long" })
    .formatToParts(at)
    .find((piece) => piece.type === "timeZoneName");
  return part?.value ?? zone;
}

/** `between 20:00 and 22:30 on Friday (Central European Time)`. */
function range({ zone, now }: NoticeFacts, { earliest, latest }: ExpectedRange): string {
  const sameDay = day(earliest, zone) === day(latest, zone) && latest - earliest < 86_400_000;
  const from = sameDay ? clock(earliest, zone) : moment(earliest, zone, now);
  return `between ${from} and ${moment(latest, zone, now)} (${zoneName(latest, zone)})`;
}

/** When the late mail will be through, or that we cannot say. */
function expectation(facts: NoticeFacts): string {
  if (facts.expected === undefined) return "We cannot say yet when it will arrive.";
  return `We expect the last of it ${range(facts, facts.expected)}. We are right about 8 times out of 10.`;
}

function lateMail(facts: NoticeFacts): string {
  const n = facts.forecast.messages;
  if (n === 1) return "One late message is still on its way.";
  return `About ${rounded(n)} late messages are still on their way.`;
}

function kept(facts: NoticeFacts): string {
  if (facts.atRisk > 0) return "Some of it may be returned to its sender if the cause lasts.";
  // Of what waits with us nothing is; but who reads it thinks of all mail.
  return facts.senders?.givenUp === true ? "" : "None of it is lost.";
}

const hour = 3_600_000;

/** How long our server has been away, by the marks at which other mail servers give up; in days, 0 below one. */
function daysAway(facts: NoticeFacts): number {
  if (facts.scope !== "host") return 0;
  return Math.floor((facts.senders?.away ?? 0) / (24 * hour));
}

/** What happens to mail that others send to us while we cannot take it. */
function sentToUs(facts: NoticeFacts): string[] {
  const { senders, zone, now } = facts;
  if (facts.scope !== "host" || senders?.away === undefined) return [];
  const days = daysAway(facts);
  const since = moment(senders.since, zone, now);
  if (days === 0) {
    const keep = "Other mail servers keep it and try again, most of them for several days.";
    return senders.givenUp ? [keep] : ["Mail sent to you is not lost so far.", keep];
  }
  const limits =
    days < 4
      ? `Most senders keep trying for 4 or 5 days. Some give up after ${days === 1 ? "1 day" : `${days} days`}.`
      : days < 7
        ? "Most senders stop trying after 4 or 5 days."
        : "By now nearly all senders have stopped trying.";
  return [
    limits,
    `So ${days < 4 ? "some" : "much"} of the mail sent to you since ${since} may go back to its sender.`,
    "If you expect something urgent, ask for it to be sent another way.",
  ];
}

/** Late mail that is still with the servers that it was sent from. */
function atSenders({ senders, zone, now }: NoticeFacts): string[] {
  if (senders === undefined || senders.stillOut === 0) return [];
  const many = `About ${rounded(senders.stillOut)} late messages that were sent to you are still with other mail servers.`;
  if (senders.lastExpected === undefined) return [many];
  if (senders.lastExpected <= now)
    return [many, "They are later than we thought. We cannot say yet when they will come."];
  const half = 30 * 60_000;
  const until = moment(Math.ceil(senders.lastExpected / half) * half, zone, now);
  return [
    many,
    `Nearly all should come by ${until} (${zoneName(senders.lastExpected, zone)}), as each server picks its own time to try again.`,
  ];
}

function nextUpdate(facts: NoticeFacts): string {
  const quarter = 15 * 60_000;
  const by = Math.ceil((facts.now + quarter) / quarter) * quarter;
  return `Next update: by ${moment(by, facts.zone, facts.now)}, even if we have no news.`;
}

function headline(facts: NoticeFacts): string {
  if (facts.blind) return "We cannot see the mail server at the moment.";
  switch (facts.phase) {
    case "outage":
      if (daysAway(facts) > 0) {
        const long = daysAway(facts) === 1 ? "a day" : `${daysAway(facts)} days`;
        return `Email has been down for more than ${long}. Some mail may be returned to its sender.`;
      }
      return facts.scope === "filter" ? "Email is late. Our mail check is not working." : "Email is not working.";
    case "relapse":
      return "Email has stopped working again.";
    case "partial":
      return "Email works for most people. Some mail is still held up.";
    case "draining":
      return facts.forecast.state === "clear" && (facts.senders?.stillOut ?? 0) === 0
        ? "Email is working again. The late mail has arrived."
        : "Email is working again. Late mail is still on its way.";
    case "suspected":
      return "Email may be slow. We are looking into it.";
    case "resolved":
      return "Email is back to normal.";
    default:
      return "Email is working normally.";
  }
}

function notice(facts: NoticeFacts): string {
  const lines: string[] = [];
  if (facts.blind) {
    lines.push("We do not know how email is doing right now. What we said before may be out of date.");
    lines.push("What you can do: if your own mail works, you need not do anything.");
    lines.push(nextUpdate(facts));
    return paragraphs(lines);
  }
  const since = facts.began === undefined ? "" : ` since ${moment(facts.began, facts.zone, facts.now)}`;
  switch (facts.phase) {
    case "outage":
    case "relapse":
      if (facts.phase === "relapse") lines.push("Our last estimate no longer holds, so please ignore it.");
      lines.push(
        facts.scope === "filter"
          ? `The check that every message passes has not worked${since}. Your mail waits until it does.`
          : `Our mail server has not worked${since}.`,
      );
      lines.push(...sentToUs(facts), "Mail that waits with us is kept, and we send it once we can.", kept(facts));
      lines.push("We cannot say yet when email will be back.", "What you can do: nothing, unless it is urgent.");
      lines.push(nextUpdate(facts));
      break;
    case "partial":
      lines.push(`Some places that we send mail to have not answered${since}.`);
      lines.push(
        facts.unreachable < 2
          ? "Mail for them waits with us. We keep trying."
          : `About ${rounded(facts.unreachable)} messages for them wait with us. We keep trying.`,
        kept(facts),
        "Mail to all other places is not affected.",
      );
      if (facts.forecast.messages > 0 && facts.expected !== undefined) {
        lines.push(lateMail(facts), expectation(facts));
      } else lines.push("We cannot say yet when those places will answer.");
      lines.push("What you can do: if it is urgent, please use another way.", nextUpdate(facts));
      break;
    case "draining": {
      const out = atSenders(facts);
      if (facts.forecast.state === "clear" && out.length > 0) {
        lines.push("New mail is sent as usual.", ...out, "Late mail keeps its old date.");
        lines.push(
          (facts.senders?.lastExpected ?? 0) > facts.now
            ? "What you can do: please wait until then before you ask people to send things again."
            : "What you can do: if it is urgent, ask for it to be sent again.",
        );
        lines.push(nextUpdate(facts));
        break;
      }
      if (facts.forecast.state === "clear") {
        lines.push("All the late mail that we know about has now gone out.");
        lines.push("We keep watching for two hours before we say that all is well.", nextUpdate(facts));
        break;
      }
      if (facts.forecast.messages === 0) {
        // What is left goes to a few places that do not answer.
        lines.push("New mail is sent as usual. Nearly all the late mail has now gone out.", kept(facts), ...out);
        lines.push("What you can do: nothing.", nextUpdate(facts));
        break;
      }
      lines.push("New mail is sent as usual.", lateMail(facts), expectation(facts), kept(facts), ...out);
      lines.push("What you can do: please wait until then before you send anything again.", nextUpdate(facts));
      break;
    }
    case "suspected":
      if (facts.forecast.messages === 0) {
        lines.push(
          "No mail has come in for a while. It may be a quiet hour, or something may be wrong. We are checking.",
        );
      } else lines.push("More mail than usual is waiting.", lateMail(facts), expectation(facts), kept(facts));
      lines.push("What you can do: nothing for now.", nextUpdate(facts));
      break;
    case "resolved":
      lines.push("All the late mail that we know about has now gone out.");
      if (facts.givenUp > 0) {
        lines.push(
          facts.givenUp === 1
            ? "One message could not be delivered and went back to its sender."
            : `About ${rounded(facts.givenUp)} messages could not be delivered and went back to their senders.`,
        );
      }
      break;
    default:
      lines.push("Mail is sent and received as usual.");
  }
  return paragraphs(lines);
}

/** What it means, what to do, and when more is said, a line each. */
function paragraphs(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== "")
    .join(" ")
    .replace(/ (?=What you can do:|Next update:)/g, "\n");
}

/** One sentence for the administrator, with names and numbers. */
/** How many wait at their senders, and how that is known: by counting them or by what usually comes. */
function waitingMessages(mail: MailAtSenders, zone: string): string {
  const { counted, held } = mail;
  if (counted === undefined) return `about ${count(held)} messages wait at their senders`;
  if (!counted.whole) {
    return `about ${count(held)} messages wait at their senders, at least ${count(counted.held)} of them${countedAt(mail, zone)}`;
  }
  const range =
    counted.heldAtMost > counted.held
      ? `between ${count(counted.held)} and ${count(counted.heldAtMost)}`
      : count(counted.held);
  return `${range} messages wait at their senders${countedAt(mail, zone)}`;
}

function countedAt({ counted }: MailAtSenders, zone: string): string {
  return counted === undefined ? "" : ` (counted by the lookout at ${clock(counted.at, zone)})`;
}

function sentence(facts: SentenceFacts): string {
  const { forecast, zone } = facts;
  const parts: string[] = [];
  if (facts.blind) return `Mailtide is blind: ${facts.why}.`;
  switch (forecast.state) {
    case "clear":
      parts.push(`No mail is delayed; ${count(facts.messages)} in the queue`);
      break;
    case "unknown":
      parts.push("The state of the queue is unknown");
      break;
    default:
      parts.push(
        `${count(facts.delayed)} of ${count(facts.messages)} messages are delayed (${forecast.state}), ${count(facts.due)} due now`,
      );
  }
  if (forecast.earliest !== undefined && forecast.likely !== undefined && forecast.latest !== undefined) {
    const fine = forecast.latest - facts.now < 2 * 3_600_000;
    parts.push(
      `clear likely at ${clock(forecast.likely, zone, fine)}, between ${clock(forecast.earliest, zone, fine)} and ${clock(forecast.latest, zone, fine)}${forecast.latest - facts.now > 20 * 3_600_000 ? ` on ${day(forecast.latest, zone)}` : ""}, limited by ${forecast.limit.replace("_", " ")}`,
    );
  }
  for (const stuck of forecast.stuck.slice(0, 3)) {
    const until =
      stuck.firstGiveUp === undefined
        ? ""
        : `, given up from ${clock(stuck.firstGiveUp, zone, stuck.firstGiveUp - facts.now < 3_600_000)} ${day(stuck.firstGiveUp, zone)}`;
    parts.push(`${stuck.destination} stuck with ${count(stuck.recipients)} (${stuck.reason}${until})`);
  }
  if (forecast.stuck.length > 3) parts.push(`${forecast.stuck.length - 3} more places stuck`);
  const { mail } = facts;
  if (mail?.state === "waiting") {
    const next = mail.windows.find(({ begins }) => begins > facts.now);
    parts.push(
      `${waitingMessages(mail, zone)}${mail.givenUp > 0 ? `, about ${count(mail.givenUp)} given up` : ""}${next === undefined ? "" : `, the next senders give up from ${clock(next.begins, zone)} ${day(next.begins, zone)}`}`,
    );
  }
  if (mail?.state === "returning" && mail.stillOut > 0) {
    parts.push(
      `${mail.counted?.whole === true ? "" : "about "}${count(mail.stillOut)} of ${count(mail.held)} messages still at their senders${countedAt(mail, zone)}, nearly all here by ${clock(mail.lastExpected, zone)} ${day(mail.lastExpected, zone)}`,
    );
  }
  if (facts.within1h > 0) parts.push(`${count(facts.within1h)} will be given up within the hour unless delivered`);
  if (facts.held > 0) parts.push(`${count(facts.held)} on hold`);
  return `${parts.join("; ")}.`;
}

export default { tag: "en", headline, notice, sentence, labels } satisfies Language;
