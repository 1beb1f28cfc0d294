// When the backlog clears: the queue played forward by its real timers.
//
// A rate line is wrong at nearly every moment, since real drains are staircases: nothing moves until the
// next attempt is due, then much moves at once. So each waiting recipient is taken at its own next attempt
// and queue run; attempts that fail come back a backoff later; a relay that is busy drains at the speed it
// was seen to have, shared with the mail that keeps arriving; a place that is down returns after a time that
// we only know to be of the order of the time it has been down. Mail that nothing shows to move is named
// apart and never in the range.

import { MINUTE, SECOND } from "../time.ts";
import { type Finish, finish, hostReturns } from "./finish.ts";
import type { ClearState, Forecast, StuckMail } from "./forecast.ts";
import { type ForecastInput, isDown, nameStuck, sortWork } from "./groups.ts";
import { reconciled } from "./reconcile.ts";

/** The forecast for this moment. Deterministic; notes what it saw in `memory`. */
export function foresee(input: ForecastInput): Forecast {
  return reconciled(byTimers(input), input.outlook);
}

function byTimers(input: ForecastInput): Forecast {
  const { plan, watch, memory, now, schedule } = input;
  const host = input.downtimes.find((downtime) => downtime.scope === "host" && downtime.to === undefined);
  const sorted = sortWork(input);
  const { groups, movable } = sorted;
  // What is old, or read only in part, is not how the backlog stands now.
  if (!input.blind) memory.note(now, movable.messages, plan.messages - plan.held);
  const stuckMail = nameStuck(input, sorted.stuck);
  const nothing = { earliest: undefined, likely: undefined, latest: undefined, messages: 0, stuck: stuckMail };
  if (input.blind) {
    return {
      ...nothing,
      state: "unknown",
      limit: "none",
      because: "Mailtide cannot see the mail server at the moment.",
    };
  }
  const window = Math.max(MINUTE, 2 * schedule.queueRun);
  const change = memory.change(now, window);
  const waiting = plan.messages - plan.held;
  const flooding = change.messages > 5 && waiting > 20 + 3 * memory.usual && change.messages > 0.1 * waiting;
  if (movable.recipients === 0 && host === undefined) {
    if (flooding) {
      return {
        ...nothing,
        messages: waiting,
        state: "growing",
        limit: "capacity",
        because: "Mail comes in faster than it goes out.",
      };
    }
    if (plan.heldAfterFailure > 0) {
      const because = "Mail that was delayed is on hold: an administrator has to release it.";
      return { ...nothing, state: "stalled", limit: "none", because };
    }
    if (stuckMail.length > 0) {
      return { ...nothing, state: "stalled", limit: "destination", because: stuckSentence(stuckMail) };
    }
    return { ...nothing, state: "clear", limit: "none", because: "No mail is delayed." };
  }
  const finishes = groups.map((group) => finish(input, group, sorted.relays));
  if (host !== undefined) finishes.push(hostReturns(input, host));
  let early = now;
  let late = now;
  let likely = now;
  let decisive: Finish | undefined;
  // What is down may turn out to be stuck and leave the range: the early end does not count on it.
  const flowing = groups.some((group) => !isDown(input, group));
  for (const [n, end] of finishes.entries()) {
    if (n >= groups.length || !flowing || !isDown(input, groups[n])) early = Math.max(early, end.at[0]);
    late = Math.max(late, end.at[2]);
    likely = Math.max(likely, end.at[1]);
    // While our own server is down, nothing else is what holds the mail up.
    const ours = n >= groups.length;
    if (decisive === undefined || ours || end.at[1] > decisive.at[1]) decisive = end;
  }
  const margin = Math.max(2 * SECOND, 0.08 * (late - now));
  const allDown = groups.length > 0 && groups.every((group) => isDown(input, group));
  return {
    state: stateOf(),
    earliest: Math.max(now, Math.min(early - SECOND, likely)),
    likely,
    latest: Math.max(likely, late) + margin,
    limit: decisive?.limit ?? "none",
    because: decisive?.because ?? "",
    messages: movable.messages,
    stuck: stuckMail,
  };

  function stateOf(): ClearState {
    if (host !== undefined) return "stalled";
    const rising = change.delayed > Math.max(1, 0.03 * movable.messages);
    if (rising || (flooding && change.delayed >= 0)) return "growing";
    if (allDown) return "stalled";
    if (change.delayed < 0) return "draining";
    if (plan.due === 0) return "waiting";
    return now - watch.lastDelivery(-1) > Math.max(2 * MINUTE, 3 * schedule.queueRun) ? "stalled" : "draining";
  }
}

function stuckSentence(stuck: readonly StuckMail[]): string {
  const first = stuck[0];
  const others = stuck.length > 1 ? ` and ${stuck.length - 1} more` : "";
  return `What is left goes nowhere: ${first.destination} (${first.reason})${others}.`;
}
