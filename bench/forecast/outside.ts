// Mail at its senders: those that found our door shut, each on its clock, and what happens when they knock.

import { chanceOf } from "./dice.ts";
import { greylistFor, type Mail, OWN_GREY } from "./mail.ts";
import { INBOUND, UPLINK } from "./scenario.ts";
import { lifetimeOf, neverRetries, nextAttempt, nextHostAttempt } from "./senders.ts";

/** What senders do. */
export interface Outside {
  /** A sending host tries again: one message of it stands for all. */
  hostTries(host: number): void;
  /** A sender offers a message. */
  offer(message: number): void;
}

/** The senders of a world. */
export function createOutside(w: Mail): Outside {
  const { s } = w;
  const hostFails = (h: number) => {
    if (w.failingSince[h] < 0) {
      w.failingSince[h] = w.now;
      w.hostGap[h] = 0;
      w.hostFailures[h] = 0;
    }
    w.hostFailures[h]++;
    const sender = w.senders.hosts[h];
    let id = w.waiting[h];
    let kept = -1;
    while (id !== -1) {
      const next = w.link[id];
      const clock = sender.senderClass === 1 ? w.failingSince[h] : w.born[id];
      if (w.now - clock >= sender.lifetime) w.lose(id);
      else {
        w.link[id] = kept;
        kept = id;
      }
      id = next;
    }
    w.waiting[h] = kept;
    const [at, gap] = nextHostAttempt(sender, w.failingSince[h], w.now, w.hostGap[h], w.hostFailures[h]);
    w.hostGap[h] = gap;
    w.put(h, w.perfect.senders ? w.now + 60 : at);
  };
  const hostTries = (h: number) => {
    if ((w.bits & INBOUND) !== 0) return hostFails(h);
    w.failingSince[h] = -1;
    let id = w.waiting[h];
    w.waiting[h] = -1;
    while (id !== -1) {
      const next = w.link[id];
      w.put(id, w.now + (w.perfect.senders ? 60 : w.senders.hosts[h].flush) * chanceOf(w.seed, id, 21));
      id = next;
    }
  };
  const offer = (id: number) => {
    const h = w.host[id];
    if (h >= 0 && w.failingSince[h] >= 0) {
      w.link[id] = w.waiting[h];
      w.waiting[h] = id;
      return;
    }
    if ((w.bits & INBOUND) === 0) {
      const grey = s.greylist > 0 && (w.marks[id] & OWN_GREY) === 0 && chanceOf(w.seed, id, 22) < s.greylist;
      if (!grey || w.perfect.senders) {
        const dated = chanceOf(w.seed, id, 23) < s.dated;
        const waited = w.now - w.born[id];
        if (!dated || waited <= 180) w.fresh++;
        else if (w.born[id] < w.endedAt && w.now >= s.start) w.late++;
        return w.enter(id);
      }
      w.marks[id] |= OWN_GREY;
      if (h >= 0) return w.put(id, w.now + Math.max(greylistFor, w.senders.hosts[h].run));
    } else if (h >= 0) {
      w.link[id] = w.waiting[h];
      w.waiting[h] = id;
      return hostFails(h);
    }
    if (w.attempts[id] < 60_000) w.attempts[id]++;
    const of = w.senderClass[id];
    if (of === neverRetries) return w.lose(id);
    if (s.secondMx > 0 && (w.bits & UPLINK) === 0 && w.attempts[id] === 1 && chanceOf(w.seed, id, 24) < s.secondMx) {
      // Our second MX takes it, and tries us like any Postfix.
      w.senderClass[id] = 0;
    }
    const own = chanceOf(w.seed, id, 25);
    const grey = (w.marks[id] & OWN_GREY) !== 0 ? Math.max(greylistFor, 0) : 0;
    if (w.now - w.born[id] >= lifetimeOf(w.senders, w.senderClass[id], own)) return w.lose(id);
    if (w.perfect.senders) return w.put(id, w.now + 60);
    w.put(
      id,
      Math.max(
        w.now + grey,
        nextAttempt(
          w.senders,
          w.senderClass[id],
          w.born[id],
          w.now,
          w.attempts[id],
          own,
          chanceOf(w.seed, id, 100 + w.attempts[id]),
        ),
      ),
    );
  };
  return { hostTries, offer };
}
