// How Postfix logs, lists its queue and spaces its attempts.

import type { Dialect } from "../../dialect.ts";
import { PostfixLog } from "./log.ts";
import { configurationCommand, listings, spoolTimes } from "./queue.ts";
import { defaultSchedule, readSchedule } from "./schedule.ts";

export default {
  name: "postfix",
  title: "Postfix",
  openLog: (options) => new PostfixLog(options),
  listings,
  spoolTimes,
  configuration: configurationCommand,
  schedule: readSchedule,
  defaultSchedule,
  usualLogs: [
    "/var/log/mail.log",
    "/var/log/maillog",
    "/var/log/mail/mail.log",
    "/var/log/postfix.log",
    "/var/log/zimbra.log",
  ],
  traces: [
    "/etc/postfix/main.cf",
    "/usr/local/etc/postfix/main.cf",
    "/opt/zimbra/common/conf/main.cf",
    "/usr/sbin/postfix",
  ],
} satisfies Dialect;
