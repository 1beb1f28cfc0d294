// English: whole sentences from facts, by the rules of docs/guides (short words, no jargon, times as ranges).

import type { ExpectedRange } from "../../expected.ts";
import type { Language, NoticeFacts, SentenceFacts } from "../language.ts";

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

function returned(facts: NoticeFacts): string {
  if (facts.atRisk === 0) return "None of it is lost.";
  return "Some of it may be returned to its sender if the cause lasts.";
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
      return facts.scope === "filter" ? "Email is late. Our mail check is not working." : "Email is not working.";
    case "relapse":
      return "Email has stopped working again.";
    case "partial":
      return "Email works for most people. Some mail is still held up.";
    case "draining":
      return facts.forecast.state === "clear"
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
      lines.push("Mail that waits with us is kept, and we send it once we can.", returned(facts));
      lines.push("We cannot say yet when email will be back.", "What you can do: nothing, unless it is urgent.");
      lines.push(nextUpdate(facts));
      break;
    case "partial":
      lines.push(`Some places that we send mail to have not answered${since}.`);
      lines.push(
        facts.unreachable < 2
          ? "Mail for them waits with us. We keep trying."
          : `About ${rounded(facts.unreachable)} messages for them wait with us. We keep trying.`,
        returned(facts),
        "Mail to all other places is not affected.",
      );
      if (facts.forecast.messages > 0 && facts.expected !== undefined) {
        lines.push(lateMail(facts), expectation(facts));
      } else lines.push("We cannot say yet when those places will answer.");
      lines.push("What you can do: if it is urgent, please use another way.", nextUpdate(facts));
      break;
    case "draining":
      if (facts.forecast.state === "clear") {
        lines.push("All the late mail that we know about has now gone out.");
        lines.push("We keep watching for two hours before we say that all is well.", nextUpdate(facts));
        break;
      }
      if (facts.forecast.messages === 0) {
        // What is left goes to a few places that do not answer.
        lines.push("New mail is sent as usual. Nearly all the late mail has now gone out.", returned(facts));
        lines.push("What you can do: nothing.", nextUpdate(facts));
        break;
      }
      lines.push("New mail is sent as usual.", lateMail(facts), expectation(facts), returned(facts));
      lines.push("What you can do: please wait until then before you send anything again.", nextUpdate(facts));
      break;
    case "suspected":
      lines.push("More mail than usual is waiting.", lateMail(facts), expectation(facts), returned(facts));
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
  return lines.join(" ").replace(/ (?=What you can do:|Next update:)/g, "\n");
}

/** One sentence for the administrator, with names and numbers. */
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
  if (facts.within1h > 0) parts.push(`${count(facts.within1h)} will be given up within the hour unless delivered`);
  if (facts.held > 0) parts.push(`${count(facts.held)} on hold`);
  return `${parts.join("; ")}.`;
}

export default { tag: "en", headline, notice, sentence } satisfies Language;
