// Lines of Postfix's programs that are known and report nothing about a message: their beginnings, by program.
//
// A line that is in none of these lists and makes no event is answered `unsupported`, so that a gap shows.

import { Beginnings } from "./scan.ts";

/** Any program may say these. */
const anyone = [
  "warning: ",
  "error: ",
  "fatal: ",
  "panic: ",
  "info: ",
  "debug: ",
  "statistics: ",
  "table ",
  "using backwards-compatible default setting ",
  "To disable backwards compatibility ",
  "cache ",
  "close database ",
  "looking for plugins in ",
  "SASL ",
  "auxpropfunc error",
  "sql_select option missing",
  "sql plugin ",
  "No worthy mechs found",
  "DIGEST-MD5 ",
  "ldapdb",
  "name service error",
  "initializing the ",
  "setting up TLS connection ",
  "TLS connection established ",
  "TLS SNI ",
  "Anonymous TLS connection ",
  "Untrusted TLS connection ",
  "Trusted TLS connection ",
  "Verified TLS connection ",
  "Unverified: ",
  "Untrusted: ",
  "Verified: ",
  "Trusted: ",
  "SSL_connect error ",
  "SSL_accept error ",
  "SSL_accept:",
  "SSL_connect:",
  "SSL3 alert ",
  "certificate verification ",
  "certificate peer name ",
  "server certificate ",
  "fingerprint=",
  "subject=",
  "subject_CN=",
  "issuer=",
  "Peer verification",
  "Peer certificate ",
  "Host offered STARTTLS: ",
  "restarting TLS ",
  "idle timeout",
  "rewrite ",
  "lost connection ",
  "connect to ",
  "premature end-of-input ",
  "Reusing old ",
  "discarding ",
  "cannot load ",
  "unable to dlopen ",
];

const smtpd = [
  "connect from ",
  "disconnect from ",
  "timeout after ",
  "too many errors after ",
  "improper command pipelining after ",
  "client=",
  "proxy-accept: ",
  "reject_warning: ",
  "unknown command ",
  "hostname ",
  "numeric hostname ",
  "valid_hostname: ",
  "tlsproxy ",
];

const smtpClient = [
  "conversation with ",
  "enabling PIX ",
  "disabling TLS ",
  "Cannot start TLS: ",
  "host ",
  "server ",
  "smtp_proto: ",
  "mail for ",
  "new TLS session",
  "TLS-RPT ",
];

const postscreen = [
  "CONNECT ",
  "DISCONNECT ",
  "PASS ",
  "DNSBL ",
  "PREGREET ",
  "HANGUP ",
  "COMMAND ",
  "BARE NEWLINE ",
  "NON-SMTP COMMAND ",
  "DATA ",
  "BDAT ",
  "ALLOWLISTED ",
  "DENYLISTED ",
  "WHITELISTED ",
  "BLACKLISTED ",
  "ALLOWLIST ",
  "WHITELIST ",
  "entering STRESS mode ",
  "leaving STRESS mode ",
  "close ",
  "reload ",
  "closing ",
];

const service = [
  ...smtpd,
  ...smtpClient,
  "CONNECT ",
  "DISCONNECT ",
  "addr ",
  "open ",
  "generating ",
  "purging ",
  "delete ",
  "close ",
  "cleanup",
  "max ",
  "flush ",
  "indexing ",
  "successfully ",
  "verify ",
];

/** Words before a colon that name what an access rule, a header check or a milter did. Without effect on what is owed. */
const ruleActions = [
  "warning: ",
  "warn: ",
  "info: ",
  "filter: ",
  "redirect: ",
  "prepend: ",
  "replace: ",
  "ignore: ",
  "strip: ",
  "bcc: ",
  "delay: ",
  "pass: ",
  "permit: ",
  "dunno: ",
  "trigger: ",
  "reject_warning: ",
  "abort: ",
  "proxy-accept: ",
  "milter-accept: ",
  "milter-continue: ",
  "milter-warn: ",
  "milter-replace: ",
  "client=",
  "lost connection ",
  "timeout ",
  "queue file size limit exceeded",
  "message-id=",
];

/** Beginnings of lines without a queue id, by `Group`. */
export const withoutId: readonly Beginnings[] = [
  new Beginnings([]),
  new Beginnings([]),
  new Beginnings([...anyone, ...smtpd]),
  new Beginnings(anyone),
  new Beginnings(anyone),
  new Beginnings([...anyone, "incoming", "qmgr_"]),
  new Beginnings([...anyone, ...smtpClient]),
  new Beginnings(anyone),
  new Beginnings([...anyone, "Renamed ", "renamed ", "scanning ", "removing ", "moving "]),
  new Beginnings([...anyone, "terminating ", "process ", "reload ", "daemon ", "listening "]),
  new Beginnings(anyone),
  new Beginnings([...anyone, ...postscreen]),
  new Beginnings([...anyone, ...service]),
];

/** Beginnings of lines about one message, behind its queue id, by `Group`. */
export const withId: readonly Beginnings[] = [
  new Beginnings([]),
  new Beginnings([]),
  new Beginnings(ruleActions),
  new Beginnings(["warning: ", "info: "]),
  new Beginnings([...ruleActions, "table ", "resent-message-id="]),
  new Beginnings(["skipped, ", "status=deferred ", "warning: ", "info: "]),
  new Beginnings([
    ...ruleActions,
    "host ",
    "server ",
    "conversation with ",
    "enabling PIX ",
    "disabling ",
    "SASL ",
    "Cannot start TLS",
    "TLS ",
    "breaking line ",
    "connect to ",
    "sender ",
    "uses ",
    "sending ",
    "info: ",
    "passing ",
  ]),
  new Beginnings(["undeliverable postmaster notification ", "warning: ", "mail loops ", "postmaster "]),
  new Beginnings(["renamed ", "Renamed ", "from=", "moved ", "changed "]),
  new Beginnings(["warning: "]),
  new Beginnings(["warning: "]),
  new Beginnings(ruleActions),
  new Beginnings([...ruleActions, "host ", "conversation with "]),
];

/** What the queue manager and the master say when mail itself is in danger, not only a message. */
const dangers = [
  "is using up ",
  "lots of deferred mail",
  "mail system is down",
  "mail system configuration error",
  "killed by signal",
  "exit status",
  "throttling",
  "has reached its process limit",
  "queue file write error",
  "No space left on device",
  "Disk quota exceeded",
  "Read-only file system",
  "not enough free space",
  "connect to transport",
];

/** Whether a warning of the queue manager or the master is about the mail system as a whole. */
export function isDanger(text: string): boolean {
  return dangers.some((danger) => text.includes(danger));
}

/** The same for other programs, whose warnings may quote strangers: only what they say in their own fixed places. */
export function isDangerOfAny(text: string): boolean {
  return (
    /^(warning|error|fatal|panic): .*: (No space left on device|Disk quota exceeded|Read-only file system)$/.test(
      text,
    ) ||
    /^warning: (not enough free space in mail queue|.{0,40}queue file write error$)/.test(text) ||
    /^(fatal|panic): (mail system configuration error|.{0,60}mail system is down)/.test(text)
  );
}
