// Tells other programs: each update is sent to every configured target, signed, until it is taken.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { SECOND } from "../../core/time.ts";
import type { Counter, Publisher } from "../publisher.ts";
import { resolveName } from "./address.ts";
import { Courier, outcomes } from "./courier.ts";
import { keep, recall } from "./memory.ts";
import { messageOf, newsIn } from "./message.ts";
import { sender } from "./send.ts";

export default {
  name: "webhook",
  addresses: [],
  open({ webhooks: targets = [], folder, version, warn, copy }) {
    if (targets.length === 0 || copy !== undefined) return { publish() {}, async close() {} };
    const file = folder === undefined ? undefined : join(folder, "webhooks.json");
    const trouble = (what: string): void => {
      const advice = "Look at the receiver, and at webhooks: in the configuration.";
      warn?.(new Fault("webhook-failed", `webhook: ${what}`, advice));
    };
    const remembered = file === undefined ? undefined : recall(file);
    if (file !== undefined && remembered === undefined && existsSync(file)) {
      trouble(`${file} cannot be read, so what was to be delivered before is lost`);
    }
    const courier = new Courier(
      {
        targets,
        send: sender(resolveName, version),
        dice: Math.random,
        keep(remembered) {
          if (file !== undefined) keep(file, remembered);
        },
        trouble,
      },
      remembered,
    );
    let working: Promise<void> | undefined;
    const work = (now: number): void => {
      working ??= courier.deliver(now).finally(() => {
        working = undefined;
      });
    };
    // A retry does not wait for the next report, which may be far away.
    const timer = setInterval(() => {
      if (courier.due(Date.now())) work(Date.now());
    }, SECOND);
    timer.unref();
    return {
      publish({ public: document }) {
        courier.note(newsIn(document), (news, { form }) => messageOf(news, document, form), document.at);
        work(Date.now());
      },
      counters: () =>
        targets.flatMap(({ name }): Counter[] => [
          ...outcomes.map((outcome) => ({
            name: "mailtide_webhook_deliveries_total",
            labels: { webhook: name, outcome },
            value: courier.count(name, outcome),
          })),
          { name: "mailtide_webhook_pending_deliveries", labels: { webhook: name }, value: courier.pending(name) },
        ]),
      async close() {
        clearInterval(timer);
        courier.stop();
        await working;
      },
    };
  },
} satisfies Publisher;
