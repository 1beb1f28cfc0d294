// For the administrator: exact numbers, names, limits, and what is about to go wrong.

import type { MailAtSenders } from "../../retries/senders/at-senders.ts";
import { DAY, HOUR, MINUTE } from "../../time.ts";
import type { SentenceFacts } from "./language.ts";
import type { Teller } from "./speech.ts";
import { isMoment } from "./times.ts";

/** So long before the first senders give up the administrator hears of it: there is still time to put up another server. */
const warned = 18 * HOUR;

/** A name from the outside in our sentence: one line, no character that acts on a screen. */
function named(name: string): string {
  return name.slice(0, 253).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, "�");
}

function promise(tell: Teller, { nextBy, now }: SentenceFacts): string[] {
  if (!isMoment(nextBy) || nextBy - now > 5 * MINUTE) return [];
  return [
    nextBy > now ? tell.say("admin.promise.soon", { by: nextBy }) : tell.say("admin.promise.broken", { by: nextBy }),
  ];
}

function stuckMail(tell: Teller, { forecast }: SentenceFacts): string[] {
  const said = forecast.stuck.slice(0, 3).map(({ destination, recipients, reason, firstGiveUp }) => {
    const stuck = { place: named(destination), n: recipients, reason: named(reason) };
    return firstGiveUp === undefined
      ? tell.say("admin.stuck", stuck)
      : tell.say("admin.stuck.until", { ...stuck, from: firstGiveUp });
  });
  const more = forecast.stuck.length - said.length;
  return more > 0 ? [...said, tell.say("admin.stuck.more", { n: more })] : said;
}

function mailAtSenders(tell: Teller, { mail, now }: SentenceFacts): string[] {
  if (mail?.state === "waiting") {
    const said: string[] = [];
    const next = mail.windows.find(({ begins }) => begins > now);
    const away = now - mail.since;
    if (away >= warned && away < DAY) {
      said.push(tell.say("admin.mark18", { hours: Math.floor(away / HOUR), from: mail.since + DAY }));
    }
    said.push(tell.say("admin.waiting", { n: mail.held }), ...counted(tell, mail));
    if (mail.givenUp > 0) said.push(tell.say("admin.givenUp", { n: mail.givenUp }));
    if (next !== undefined) said.push(tell.say("admin.nextGiveUp", { from: next.begins }));
    return said;
  }
  if (mail?.state !== "returning" || mail.stillOut <= 0) return [];
  const { stillOut: out, held, lastExpected: by } = mail;
  return [tell.say("admin.returning", { out, held, by }), ...counted(tell, mail)];
}

/** How the number is known, where somebody counted: how many wait, or how many are still out. */
function counted(tell: Teller, { counted }: MailAtSenders): string[] {
  if (counted === undefined) return [];
  const { at, held, heldAtMost, whole } = counted;
  if (!whole) return [tell.say("admin.counted.part", { n: held, at })];
  if (heldAtMost > held) return [tell.say("admin.counted.between", { n: held, most: heldAtMost, at })];
  return [tell.say("admin.counted", { n: held, at })];
}

function howItIs(tell: Teller, { forecast, messages, delayed, due }: SentenceFacts): string {
  if (forecast.state === "unknown") return tell.say("admin.unknown", {});
  if (forecast.state === "clear" || delayed === 0) return tell.say("admin.clear", { n: messages });
  return tell.say("admin.delayed", { delayed, messages, due, state: forecast.state });
}

/** In one line, most pressing first. */
export function sentence(tell: Teller, facts: SentenceFacts): string {
  const { forecast } = facts;
  const said = promise(tell, facts);
  if (facts.blind) return tell.whole([...said, tell.say("admin.blind", { why: named(facts.why) })].join(" "));
  const lines = facts.failingLines ?? [];
  if (lines.length > 0) said.push(tell.say("admin.lines", { names: lines.map(named), n: lines.length }));
  said.push(howItIs(tell, facts));
  const { earliest, likely, latest, limit } = forecast;
  // While nothing of ours waits and our server is away, its end would be a guess at when somebody repairs it.
  const isGuess = facts.delayed === 0 && facts.mail?.state === "waiting";
  if (!isGuess && earliest !== undefined && likely !== undefined && latest !== undefined) {
    said.push(tell.say("admin.range", { likely, earliest, latest, limit }));
  }
  said.push(...stuckMail(tell, facts), ...mailAtSenders(tell, facts));
  if (facts.within1h > 0) said.push(tell.say("admin.within1h", { n: facts.within1h }));
  if (facts.held > 0) said.push(tell.say("admin.held", { n: facts.held }));
  return tell.whole(said.join(" "));
}
