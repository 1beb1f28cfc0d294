// Two programs as on two hosts: a lookout that senders come to while a real Postfix is away, and mailtide beside that
// Postfix. What the lookout counts is in the report, and what Postfix takes is ticked off, without anybody's doing.

import { copyFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type MailtideChild, startMailtide } from "../support/mailtide-child.ts";
import { noSandbox, type PostfixLab, sandboxName, startPostfixLab, until } from "../support/postfix-sandbox.ts";
import { injectBySmtp } from "../support/smtp-injection.ts";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const mail = Array.from({ length: 5 }, (_, at) => ({
  sender: `author${at}@sender.test`,
  recipients: [`user${at}@remote.test`],
  subject: `held ${at}`,
  bytes: 200,
}));

/** Offers all mail to a lookout, as a sender whose first server did not answer. */
async function offer(port: number): Promise<void> {
  for (const one of mail) await expect(injectBySmtp(port, [one])).rejects.toThrow(/451 4\.3\.2/);
}

interface Served {
  readonly senders: {
    readonly mail: null | {
      readonly state: string;
      readonly held: number;
      readonly counted: null | Record<string, unknown>;
    };
  };
  readonly status: { readonly sentence: string };
}

describe.skipIf(noSandbox !== undefined)(sandboxName("a lookout and mailtide on the mail host"), () => {
  let lab: PostfixLab | undefined;
  const children: MailtideChild[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill("SIGTERM");
      await child.ended();
    }
    await lab?.stop();
  });

  const environment = (of: PostfixLab, folder: string, smtp: number, wire: string) => ({
    MAILTIDE_LISTEN: "127.0.0.1:0",
    MAILTIDE_LOOKOUT_FOLDER: join(of.folder, folder),
    MAILTIDE_LOOKOUT_SMTP: `127.0.0.1:${smtp}`,
    MAILTIDE_LOOKOUT_NAME: "spare.remote.test",
    MAILTIDE_LOOKOUT_WIRE: wire,
    MAILTIDE_LOGS: of.log,
    MAILTIDE_MTA_CONFIG_DIRECTORY: of.configDirectory,
    MAILTIDE_TIMEZONE: "UTC",
    MAILTIDE_INTERVAL: "0.5s",
    MAILTIDE_QUEUE_INTERVAL: "1s",
    MAILTIDE_STATE: join(of.folder, "state.sqlite"),
  });
  const reported = async (child: MailtideChild): Promise<Served> =>
    JSON.parse((await child.get("/api/v1/report")).body) as Served;

  test("held mail is counted in the report, and ticked off as it arrives", { timeout: 120_000 }, async () => {
    lab = await startPostfixLab();
    const [smtp, wire] = [await freePort(), `http://127.0.0.1:${await freePort()}`];
    const spare = startMailtide(["lookout"], environment(lab, "spare", smtp, wire));
    children.push(spare);
    await until("the lookout runs", () => spare.printed().includes("/api/v1/lookout"));
    const spareUrl = /(http:\S+)\/api\/v1\/lookout/.exec(spare.printed())?.[1] ?? "";
    const lookout = async () => (await fetch(`${spareUrl}/api/v1/lookout`)).json() as Promise<Record<string, never>>;
    // The administrator copies the key.
    mkdirSync(join(lab.folder, "mail"));
    copyFileSync(join(lab.folder, "spare", "key"), join(lab.folder, "mail", "key"));
    const serve = startMailtide(["serve"], environment(lab, "mail", smtp, wire));
    children.push(serve);
    await serve.url();

    await lab.stopPostfix();
    await offer(smtp);
    await until(
      "the report counts",
      async () => (await reported(serve)).senders.mail?.counted?.held === mail.length,
      60_000,
    );
    const during = await reported(serve);
    expect(during.senders.mail).toMatchObject({
      state: "waiting",
      held: mail.length,
      counted: { whole: true, held: mail.length, heldAtMost: mail.length, returned: 0 },
    });
    expect(during.status.sentence).toMatch(/5 messages wait at their senders \(counted by the lookout at \d\d:\d\d\)/);

    await lab.startPostfix();
    await lab.inject(mail);
    await until(
      "all are ticked off",
      async () => ((await lookout()).messages as { returned: number }).returned === mail.length,
      60_000,
    );
    expect(await lookout()).toMatchObject({
      messages: { seen: mail.length, held: 0, returned: mail.length },
      returns: { ticked: mail.length, unmatched: 0 },
      wire: { fault: "" },
    });
  });

  test("a lookout within mailtide serve does the same", { timeout: 120_000 }, async () => {
    lab = await startPostfixLab();
    const smtp = await freePort();
    const serve = startMailtide(["serve"], environment(lab, "mail", smtp, "memory"));
    children.push(serve);
    await serve.url();
    await lab.stopPostfix();
    await offer(smtp);
    await until(
      "the report counts",
      async () => (await reported(serve)).senders.mail?.counted?.held === mail.length,
      60_000,
    );
  });

  test("another key is said, with what to do", { timeout: 120_000 }, async () => {
    lab = await startPostfixLab();
    const [smtp, wire] = [await freePort(), `http://127.0.0.1:${await freePort()}`];
    const serve = startMailtide(["serve"], environment(lab, "mail", smtp, wire));
    children.push(serve);
    await serve.url();
    const spare = startMailtide(["lookout"], environment(lab, "spare", smtp, wire));
    children.push(spare);
    await until("it is said", () => /does not know the key of this lookout/.test(spare.printed()));
    expect(spare.printed()).toContain("Copy the file `key`");
  });
});
