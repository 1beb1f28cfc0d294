// What dashboards and alerts ask of mail at senders, over nine days as a server's log tells them: a week, a day away, and back.

import { expect, test } from "vitest";
import { checkQueries, summary } from "../../dashboards/check.ts";
import { allQueries } from "../../dashboards/queries.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../../src/core/time.ts";
import { metricsText } from "../../src/publishers/prometheus/index.ts";
import { missing } from "../support/programs.ts";
import { clock, clockText, goes, leaves, Story } from "../support/story.ts";

const lacks = missing("prometheus", "prometheus") ?? missing("promtool", "prometheus");
const note = lacks ?? "Prometheus is installed";
const site = { version: "0.1.0", mta: "postfix" };

const begin = clock("1d 00:00:00");
const down = { from: clock("8d 08:00:00"), to: clock("9d 10:00:00") };
let next = 0xa00000;

function taken(from: Instant, to: Instant, every: number): string[] {
  const lines: string[] = [];
  for (let at = from; at < to; at += every) {
    const id = (next++).toString(16).toUpperCase();
    const time = clockText(at);
    lines.push(
      `${time} smtpd ${id}: client=mail-${next % 40}.outbound.protection.outlook.com[192.0.2.${next % 200}]`,
      `${time} qmgr ${id}: from=<s@lab.test>, size=1000, nrcpt=1 (queue active)`,
      goes(time, id),
      leaves(time, id),
    );
  }
  return lines;
}

test.skipIf(lacks !== undefined)(
  `each of these queries returns data, and the alerts fire (${note})`,
  async () => {
    const story = new Story().tell(
      ...taken(begin, down.from, 2 * MINUTE),
      `${clockText(down.from)} postfix-script stopping the Postfix mail system`,
    );
    const samples: { at: Instant; text: string }[] = [];
    const look = async (at: Instant): Promise<void> => {
      samples.push({ at, text: await metricsText(story.at(at), site, "openmetrics") });
    };
    for (let at = down.from + 10 * MINUTE; at < down.to; at += 10 * MINUTE) await look(at);
    story.tell(`${clockText(down.to)} master daemon started -- version 3.7.11, configuration /etc/postfix`);
    for (let at = down.to + 5 * MINUTE; at < down.to + HOUR; at += 5 * MINUTE) {
      story.tell(...taken(at - 5 * MINUTE, at, 12 * SECOND));
      await look(at);
    }
    const about = allQueries().filter(({ expression }) => /mailtide_sender_|where="senders"/.test(expression));
    expect(about.length).toBeGreaterThan(6);
    // The alerts themselves have to return something here, too: a day is longer than some senders wait.
    const results = await checkQueries(
      samples,
      about.map((query) => ({ ...query, must: "data" as const })),
    );
    console.log(summary(results));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    const [arrived] = await checkQueries(samples, [
      { from: "arrived", expression: 'mailtide_sender_messages{state="arrived"} > 50', must: "data" },
    ]);
    expect(arrived?.ok).toBe(true);
  },
  120_000,
);
