import { describe, expect, test } from "vitest";
import { configurationCommand, listings, spoolTimes } from "../../../../collectors/dialects/postfix/queue.ts";

const site = { configDirectory: "/etc/postfix-out", queueDirectory: "/var/spool/postfix-out" };

function command() {
  const found = listings(site).find(({ name }) => name === "postqueue-json");
  if (found?.by !== "command") throw new Error("postqueue -j is not among the listings");
  return found;
}
function socket() {
  const found = listings(site).find(({ name }) => name === "showq-socket");
  if (found?.by !== "socket") throw new Error("the socket is not among the listings");
  return found;
}

describe("what postqueue answered", () => {
  test.each([
    [0, "", "listed", undefined],
    [
      0,
      "postqueue: warning: Mail system is down -- accessing queue directly (Connect to the Postfix showq service: Connection refused)\n",
      "listed-while-stopped",
      undefined,
    ],
    [
      69,
      "postqueue: fatal: Queue report unavailable - mail system is down (Connect to the Postfix showq service: Connection refused)\n",
      "stopped",
      /start postfix/,
    ],
    [69, "postqueue: fatal: Connect to the Postfix showq service: Permission denied\n", "forbidden", /group postdrop/],
    [
      69,
      "postqueue: fatal: User nobody(65534) is not allowed to view the mail queue\n",
      "forbidden",
      /authorized_mailq_users/,
    ],
    [
      69,
      'postqueue: error: unauthorized configuration directory name: /etc/postfix-out\npostqueue: fatal: specify "alternate_config_directories = /etc/postfix-out" or "multi_instance_directories = /etc/postfix-out" in /etc/postfix/main.cf\n',
      "forbidden",
      /alternate_config_directories/,
    ],
    [69, "postqueue: fatal: open /etc/postfix-out/main.cf: Permission denied\n", "forbidden", /configuration folder/],
    [
      69,
      "postqueue: invalid option -- 'j'\npostqueue: fatal: usage: postqueue -f | postqueue -p\n",
      "failed",
      /postqueue-text/,
    ],
    [null, "spawn postqueue ENOENT", "failed", /Install Postfix/],
    [null, "", "failed", /postqueue -j/],
    [75, "", "failed", /postqueue -j/],
  ] as const)("status %s, %j: %s", (exit, stderr, outcome, advice) => {
    const verdict = command().judge(exit, stderr);
    expect(verdict.outcome).toBe(outcome);
    if (advice === undefined) expect(verdict).toEqual({ outcome });
    else expect(verdict).toMatchObject({ advice: expect.stringMatching(advice), message: expect.stringMatching(/./) });
  });

  test("its message has no label, no control characters and an end", () => {
    const said = `postqueue: fatal: \x1b[31mred\x1b[0m ${"x".repeat(1000)}\n`;
    const { message } = command().judge(69, said) as { message: string };
    expect(message).toMatch(/^\?\[31mred/);
    expect(message).not.toMatch(/\p{C}/u);
    expect(message.length).toBeLessThanOrEqual(300);
  });
});

describe("what the socket answered", () => {
  test.each([
    [undefined, "listed"],
    ["ECONNREFUSED", "stopped"],
    ["EACCES", "forbidden"],
    ["ENOENT", "failed"],
    ["ECONNRESET", "failed"],
  ])("%s: %s", (code, outcome) => {
    const verdict = socket().judge(code === undefined ? undefined : { code, message: `connect ${code}` });
    expect(verdict.outcome).toBe(outcome);
    if (code !== undefined) expect(verdict).toMatchObject({ advice: expect.stringMatching(/\.$/) });
  });
});

describe("what is asked", () => {
  test("the instance that was configured, the socket first", () => {
    expect(listings(site).map((way) => (way.by === "socket" ? way.path : way.command.join(" ")))).toEqual([
      "/var/spool/postfix-out/public/showq",
      "postqueue -c /etc/postfix-out -j",
      "postqueue -c /etc/postfix-out -p",
    ]);
    expect(configurationCommand(site)).toEqual(["postconf", "-c", "/etc/postfix-out"]);
    expect(spoolTimes(site)).toEqual({ folder: "/var/spool/postfix-out/deferred" });
  });

  test("the default instance, without a word about folders", () => {
    const unknown = { configDirectory: undefined, queueDirectory: undefined };
    expect(listings(unknown).map((way) => (way.by === "socket" ? way.path : way.command.join(" ")))).toEqual([
      "postqueue -j",
      "postqueue -p",
    ]);
    expect(configurationCommand(unknown)).toEqual(["postconf"]);
    expect(spoolTimes(unknown)).toBeUndefined();
  });
});
