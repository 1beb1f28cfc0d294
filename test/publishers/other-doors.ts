// What comes in by other doors than the log, with marks wherever somebody's words may stand: lookouts, the answers to probes,
// and requests to the operator's API.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import postfix from "../../collectors/dialects/postfix/index.ts";
import { Lookout } from "../../collectors/lookout/lookout.ts";
import { domainOf, markerWith, networkOf } from "../../collectors/lookout/marks.ts";
import { look } from "../../collectors/probe/connect.ts";
import { encodeDespatch } from "../../src/app/lookout-despatch.ts";
import { sightingOf } from "../../src/app/lookout-door.ts";
import { LookoutEar } from "../../src/app/lookout-ear.ts";
import { operatorApi, prefix } from "../../src/app/operator/api.ts";
import { Desk } from "../../src/app/operator/desk.ts";
import { hashOf } from "../../src/app/operator/tokens.ts";
import { EventBatch } from "../../src/core/events/batch.ts";
import { Instances } from "../../src/core/events/instances.ts";
import { bytesOf } from "../../src/core/events/text.ts";
import type { Observation } from "../../src/core/observation.ts";
import type { ProbeResult } from "../../src/core/outages/endpoints.ts";
import { defaultSite } from "../../src/core/status/site.ts";
import type { Instant } from "../../src/core/time.ts";

/** Marks and addresses that were never used before. */
export interface Inks {
  mark(): string;
  address(): string;
}

/**
 * Two lookouts are heard: one that counted what senders said, and one whose words for itself are somebody's. Also the lines of
 * our own log, which become marks for them. Answers what was made of names on the way.
 */
export function hearLookoutsWith({ mark, address }: Inks, known: Observation, log: string, at: Instant): string[] {
  const made: string[] = [];
  const hmac = markerWith(bytesOf(`a key of ${mark()}`));
  const marked: typeof hmac = (kind, text) => {
    const found = hmac(kind, text);
    made.push(found);
    return found;
  };
  const ear = new LookoutEar(marked);
  const reader = postfix.openLog({ instances: new Instances(), reference: () => at, zone: "UTC" });
  const batch = new EventBatch(4096);
  const bytes = bytesOf(log);
  for (let from = 0; from < bytes.length; ) {
    batch.clear();
    from = reader.read(bytes, from, bytes.length, batch);
    ear.record(batch);
  }
  ear.committed();
  const lookout = new Lookout({ messages: 1000, patience: 432_000_000 });
  lookout.watching = at - 7_200_000;
  for (let n = 0; n < 200; n++) {
    lookout.offered({
      at: at - 300_000 + n * 1000,
      sender: marked("sender", `${mark()}@${mark()}.test`),
      recipients: [marked("recipient", `${mark()}@${mark()}.test`)],
      network: marked("network", networkOf(address())),
      domain: marked("domain", domainOf(`mx.${mark()}.test`)),
      tell: marked("message", `<${mark()}@${mark()}.test>`),
      named: true,
      door: marked("door", address()),
      senderClass: n % 2 === 0 ? "unknown" : mark(),
    });
  }
  const answers = [
    encodeDespatch({ sighting: sightingOf(lookout, at), heard: { stream: "", number: 0 } }),
    encodeDespatch({
      sighting: {
        ...sightingOf(lookout, at),
        lookout: mark(),
        byClass: { [mark()]: { held: 3, waits: [] }, [`<${mark()}@x.test>`]: { held: 1, waits: [] } },
      },
      heard: { stream: mark(), number: 7 },
    }),
    bytesOf(`{"version":1,"${mark()}":"${mark()}"}`),
  ].map((despatch) => ear.answer(despatch, known.lookouts, at));
  if (answers[0] === undefined || answers[1] === undefined) throw new Error("a lookout was not heard");
  return made;
}

/** Looks at one of our addresses, at which somebody answers in words of their own, our name among them. */
export async function probeWith({ mark, address }: Inks, endpoint: string, at: Instant): Promise<ProbeResult> {
  const name = `${mark()}.test`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(`220 ${mark()}.test ESMTP\r\n`);
    socket.on("data", () => socket.write(`554 5.7.1 ${name} at ${address()}: ${mark()} does not like you\r\n`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await look({
      endpoint,
      address: "127.0.0.1",
      port,
      servername: `${mark()}.test`,
      name,
      timeout: 5000,
      clock: () => at,
    });
  } finally {
    server.close();
  }
}

/** What was asked of the operator's API: how it was answered, and what must stay within. */
export interface Asked {
  readonly codes: readonly number[];
  readonly secrets: readonly string[];
}

/** Requests by strangers and by the operator. What the operator says to people is in plain words; all around it is marked. */
export async function actWith({ mark, address }: Inks, known: Observation, at: Instant): Promise<Asked> {
  const desk = new Desk(defaultSite);
  const token = `${mark()}-${mark()}-${mark()}`;
  const secrets = [token, hashOf(token)];
  const api = operatorApi({
    hashes: [hashOf(token)],
    loopback: false,
    clock: () => at,
    submit(act) {
      const answer = desk.submit(act);
      desk.serve(known, at, () => {});
      return answer;
    },
    book: () => known.said.book,
    note: (text) => void secrets.push(text),
  });
  const ask = async (who: string, method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<number> => {
    const answer = await api.inject({
      method,
      url: `${prefix}/${path}`,
      remoteAddress: "198.51.100.77",
      headers: {
        authorization: `Bearer ${who}`,
        host: `${mark()}.test`,
        "user-agent": `mailtide of ${mark()}@${mark()}.test`,
        "x-forwarded-for": address(),
        "x-request-id": mark(),
        "idempotency-key": mark(),
        from: `${mark()}@${mark()}.test`,
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    return answer.statusCode;
  };
  const codes = [
    await ask(mark(), "POST", "incidents", { title: mark(), text: mark() }),
    await ask(token, "POST", "incidents", { title: "x", [mark()]: mark() }),
    await ask(token, "POST", "incidents", { title: "x", components: { [mark()]: "major_outage" } }),
    await ask(token, "POST", `incidents/${mark()}/updates`, { text: mark() }),
    await ask(token, "PUT", `components/${mark()}`, { state: "operational" }),
    await ask(token, "POST", "maintenance", { from: mark(), to: mark() }),
    await ask(token, "POST", "maintenance/rules", { cron: mark(), zone: mark(), minutes: 30 }),
    await ask(token, "POST", `maintenance/${mark()}/cancel`, { text: mark() }),
    await ask(token, "GET", mark()),
    await ask(token, "POST", "incidents", { title: "Webmail is slow", text: "We are looking into it." }),
    await ask(token, "POST", "maintenance", {
      title: "New disks",
      from: new Date(at + 86_400_000).toISOString(),
      to: new Date(at + 90_000_000).toISOString(),
    }),
    await ask(token, "GET", "incidents"),
  ];
  await api.close();
  return { codes, secrets };
}
