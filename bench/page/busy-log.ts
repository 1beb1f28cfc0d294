// A mail log that grows while it is followed: so many lines a second, stamped with the present.

import { closeSync, openSync, writeSync } from "node:fs";

export interface BusyLog {
  /** Lines written so far. */
  readonly lines: () => number;
  stop(): void;
}

const every = 50;

/** Four lines of one message; one message in five is put off, so that there is late mail to draw. */
function message(number: number): string {
  const stamp = new Date().toISOString();
  const id = (0xa0000000000 + number).toString(16).toUpperCase();
  const head = `${stamp} mx1 postfix`;
  const put =
    number % 5 === 0
      ? `status=deferred (connect to mx.example.org[192.0.2.11]:25: Connection refused)`
      : `status=sent (250 2.0.0 Ok: queued as ${id})`;
  return `${head}/smtpd[101]: ${id}: client=unknown[192.0.2.${number % 250}]
${head}/cleanup[102]: ${id}: message-id=<${id}@example.org>
${head}/qmgr[103]: ${id}: from=<a${number % 997}@example.org>, size=3210, nrcpt=1 (queue active)
${head}/smtp[104]: ${id}: to=<b${number % 991}@d${number % 40}.test>, relay=mx.example.org[192.0.2.11]:25, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, ${put}
`;
}

/** Begins to write. */
export function busyLog(path: string, linesPerSecond: number): BusyLog {
  const file = openSync(path, "a");
  const began = performance.now();
  let messages = 0;
  const write = (): void => {
    // By the clock and not by the tick: under load ticks come late.
    const due = (((performance.now() - began) / 1000) * linesPerSecond) / 4;
    let text = "";
    while (messages < due) text += message(messages++);
    if (text !== "") writeSync(file, text);
  };
  const timer = setInterval(write, every);
  return {
    lines: () => messages * 4,
    stop() {
      clearInterval(timer);
      closeSync(file);
    },
  };
}
