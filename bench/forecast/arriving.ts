// New mail: from outside and from our own people, to one or to many, and junk.

import { chanceOf } from "./dice.ts";
import { find, LOST, type Mail, OUTSIDE, OWN_GREY, QUANTUM } from "./mail.ts";
import type { Outside } from "./outside.ts";
import { HOST, manyShare, mostMore, rateAt } from "./scenario.ts";
import { neverRetries } from "./senders.ts";

/** Says what arrives in ten seconds, each time it is called. */
export function createArriving(w: Mail, senders: Outside): () => void {
  const { s } = w;
  const create = (outside: boolean, u: number, v: number, pick: number): number => {
    if (w.count === w.size) w.grow();
    const id = w.count++;
    w.born[id] = w.now;
    if (outside) {
      w.marks[id] = OUTSIDE;
      w.place[id] = find(w.outsideTable, u);
      const of = find(w.mixTable, v);
      w.senderClass[id] = of;
      const table = w.hostTable.get(of);
      w.host[id] = table === undefined ? -1 : table.ids[find(table.upTo, pick * (table.upTo.at(-1) ?? 0))];
    } else {
      w.place[id] = find(w.insideTable, u);
      w.host[id] = -1;
    }
    return id;
  };
  const arrive = () => {
    const rate = rateAt(s.load, s.amplitude, s.peakAt, w.now) * Math.exp(w.arrivalLevel);
    for (let n = w.arrivals.poisson((rate * QUANTUM) / 3600); n > 0; n--) {
      const outside = w.arrivals.uniform() >= s.localShare;
      const id = create(outside, w.arrivals.uniform(), w.arrivals.uniform(), w.arrivals.uniform());
      if (outside) senders.offer(id);
      else if ((w.bits & HOST) !== 0) w.state[id] = LOST;
      else {
        w.fresh++;
        w.enter(id);
        if (s.manyRecipients && chanceOf(w.seed, id, 41) < manyShare) {
          for (let more = 1 + Math.floor(mostMore * chanceOf(w.seed, id, 42)); more > 0; more--) {
            w.fresh++;
            w.enter(create(false, chanceOf(w.seed, id, 42 + more), 0, 0));
          }
        }
      }
    }
    if (w.now >= w.junk.from && w.now < w.junk.to) {
      for (let n = w.junkDice.poisson((w.junk.rate * QUANTUM) / 3600); n > 0; n--) {
        const id = create(true, w.junkDice.uniform(), 0, 0);
        w.host[id] = -1;
        w.senderClass[id] = neverRetries;
        w.marks[id] |= OWN_GREY;
        senders.offer(id);
      }
    }
  };
  return arrive;
}
