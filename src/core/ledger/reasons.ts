// What a reply means to a reader: a small fixed set, told from the enhanced status code and the words.
//
// Codes: RFC 3463 and the IANA registry "SMTP Enhanced Status Codes". Words come first where servers are
// known to send a code that says less than their text (4.7.1 for greylisting, 4.2.0 for nearly anything),
// the code comes first where it is exact. Order matters: the first rule that fits wins.

/**
 * The fixed set, as labels of metrics and words of reports. Number 0 is "no reason" (a success).
 * The order is part of the checkpoint: new reasons are added at the end.
 */
export const reasonNames = [
  "none",
  "connection-refused",
  "connection-timeout",
  "connection-lost",
  "unreachable",
  "name-not-found",
  "name-lookup-failed",
  "tls-failed",
  "greylisted",
  "rate-limited",
  "policy",
  "spam",
  "blocklisted",
  "authentication",
  "mailbox-full",
  "mailbox-unknown",
  "mailbox-disabled",
  "relay-denied",
  "message-too-large",
  "content",
  "server-error",
  "server-busy",
  "routing-loop",
  "expired",
  "administrator",
  "local-error",
  "other",
] as const;

export type Reason = (typeof reasonNames)[number];

/** Number of a reason, as kept in columns. */
export const reasonNumber: Readonly<Record<Reason, number>> = Object.fromEntries(
  reasonNames.map((name, number) => [name, number]),
) as Record<Reason, number>;

/** Reasons of one mailbox, not of its server: the server works although such mail waits. */
export const mailboxReasons: ReadonlySet<number> = new Set(
  (["mailbox-full", "mailbox-unknown", "mailbox-disabled", "message-too-large", "content", "spam"] as const).map(
    (name) => reasonNumber[name],
  ),
);

/** Reasons that say the server could not be reached or did not work at all. */
export const serverReasons: ReadonlySet<number> = new Set(
  (
    [
      "connection-refused",
      "connection-timeout",
      "connection-lost",
      "unreachable",
      "name-lookup-failed",
      "tls-failed",
      "server-error",
      "server-busy",
    ] as const
  ).map((name) => reasonNumber[name]),
);

const byWords: readonly (readonly [Reason, RegExp])[] = [
  // What the connecting side itself says; these words are Postfix's own and exact.
  ["connection-refused", /connection refused/],
  ["connection-timeout", /(connection|operation) timed out|timed out while|timed? ?out (connecting|waiting)/],
  ["connection-lost", /lost connection|connection reset|broken pipe|connection closed|closed connection unexpectedly/],
  ["unreachable", /no route to host|network is (unreachable|down)|host is (down|unreachable)|protocol not supported/],
  [
    "tls-failed",
    /tls is required|starttls|cannot start tls|tls (handshake|negotiation|not available)|certificate (verif|not trusted|has expired)|untrusted issuer|server certificate not/,
  ],
  [
    "name-lookup-failed",
    /name service error.*try again|temporary (dns|lookup failure)|dns (lookup )?(error|timeout|failure)|servfail|unable to look up host/,
  ],
  [
    "name-not-found",
    /host or domain name not found|host not found|domain not found|does not accept mail \(nullmx\)|no mx|unrouteable|name service error|domain .*(does not exist|not exist)|nxdomain/,
  ],
  ["routing-loop", /loops? back to myself|too many hops|mail (forwarding )?loop|hop count exceeded/],
  [
    "greylisted",
    /gr[ae]y ?-?list|try again in \d+ (sec|min)|temporarily deferred due to (first|unknown)|postgrey|come back later.*first/,
  ],
  [
    "mailbox-full",
    /over ?quota|quota (exceeded|full)|mailbox (is )?full|exceeded (its |their )?(storage|quota)|out of storage|insufficient (disk|storage)|storage (allocation|limit)|user is over/,
  ],
  [
    "rate-limited",
    /rate ?-?limit|too many (connections|messages|recipients|mail|emails|concurrent|errors|sessions)|unusual rate|throttl|concurren(t|cy) (connection )?limit|connection (rate|limit)|sending (rate|limit)|exceed(ed|s)? .*(per hour|per minute|rate|hourly)|deferred due to (user complaints|volume)|receiving mail at a rate|slow down/,
  ],
  [
    "blocklisted",
    /block(ed)? ?(using|list)|blacklist|spamhaus|spamcop|barracuda|dnsbl|rbl|poor reputation|bad reputation|listed (in|at|by|on)|client host.*blocked|banned (sending )?ip|ip .*(blocked|reputation)/,
  ],
  [
    "authentication",
    /spf|dkim|dmarc|sender policy framework|unauthenticated|authentication[ -](required|failed|failure|credentials)|not authenticated|requires authentication/,
  ],
  [
    "mailbox-disabled",
    /(account|mailbox|user|recipient).{0,40}(disabled|inactive|suspended|locked)|disabled (account|recipient|mailbox|user)/,
  ],
  [
    "mailbox-unknown",
    /user unknown|unknown (user|recipient|mailbox)|no such (user|recipient|mailbox|person|address)|(user|recipient|mailbox|address|account).{0,40}(does ?n.?t exist|not exist|not found|no longer|invalid|unknown|unavailable)|invalid (recipient|mailbox|address|user)|recipient (address )?rejected: (undeliverable|unverified)|mailbox unavailable|not a valid mailbox/,
  ],
  ["relay-denied", /relay(ing)? (access )?denied|relaying|not permitted to relay|unable to relay/],
  ["message-too-large", /message (size|too (big|large))|size limit|exceeds (the )?(size|maximum)|too large/],
  ["spam", /spam|unsolicited|junk|bulk mail|phish/],
  [
    "content",
    /virus|malware|infected|attachment|content (rejected|filter rejected|denied)|smtputf8 is required|8bitmime|bad header|invalid (header|mime)|message (was )?rejected.*content|forbidden (subject|content)/,
  ],
  [
    "server-busy",
    /server (is )?(too )?busy|system (is )?(too )?busy|overload|high load|load (is )?too|insufficient system (resources|storage)|not accepting (network )?messages|service (temporarily )?(not available|unavailable)|try (again )?later|temporarily unavailable/,
  ],
  ["administrator", /deferred transport|parked by|administrat(or|ive)|retired|mail transport unavailable/],
  [
    "server-error",
    /internal (server )?error|server error|local(ly)? (configuration )?(error|problem)|configuration (error|problem)|lookup failure|queue file write|system (error|problem)|bad connection|cannot (find|open)|resources temporarily/,
  ],
  [
    "local-error",
    /command (died|output|time limit)|temporary failure|mail_command|unknown mail transport|cannot (update|create|access) (mailbox|destination)|maildir|procmail|dovecot|delivery agent/,
  ],
  [
    "policy",
    /polic(y|ies)|not (allowed|permitted|accepted|welcome|authorized|authorised)|access denied|denied|prohibited|rejected|refused/,
  ],
];

/** By the subject and detail of RFC 3463, where the words said nothing. */
const byStatus: Readonly<Record<string, Reason>> = {
  "1.0": "mailbox-unknown",
  "1.1": "mailbox-unknown",
  "1.2": "name-not-found",
  "1.3": "mailbox-unknown",
  "1.6": "mailbox-unknown",
  "1.8": "policy",
  "1.10": "name-not-found",
  "2.1": "mailbox-disabled",
  "2.2": "mailbox-full",
  "2.3": "message-too-large",
  "2.4": "server-error",
  "3.0": "server-error",
  "3.1": "server-busy",
  "3.2": "server-busy",
  "3.4": "message-too-large",
  "3.5": "server-error",
  "4.1": "connection-timeout",
  "4.2": "connection-lost",
  "4.3": "name-lookup-failed",
  "4.4": "name-not-found",
  "4.5": "server-busy",
  "4.6": "routing-loop",
  "4.7": "expired",
  "5.3": "rate-limited",
  "6.0": "content",
  "6.1": "content",
  "6.7": "content",
  "7.0": "policy",
  "7.1": "policy",
  "7.4": "tls-failed",
  "7.8": "authentication",
  "7.23": "authentication",
  "7.25": "policy",
  "7.26": "authentication",
  "7.28": "rate-limited",
};

/** Codes that the registry gives one exact meaning; they beat the words. */
const exact: Readonly<Record<string, Reason>> = {
  "2.2": "mailbox-full",
  "7.28": "rate-limited",
  "7.23": "authentication",
  "7.26": "authentication",
  "7.20": "authentication",
  "7.27": "name-not-found",
  "1.10": "name-not-found",
};

/**
 * The number of the reason that a failed attempt's text and status stand for.
 *
 * `text` as the MTA logged it. Postfix's prefix `delivery temporarily suspended: X` means X: the same trouble, seen
 * once and remembered. `status` is the packed enhanced status code or 0, `code` the reply code or 0.
 */
export function classify(text: string, status: number, code: number): number {
  const words = withoutSuspended(text).toLowerCase();
  // What the far end quotes of our own mail (addresses, greetings) stands in angle brackets: not its verdict.
  const spoken = words.replace(/<[^<>]*>/g, "<>");
  const subject = (status >>> 12) & 0xfff;
  const detail = status & 0xfff;
  const key = `${subject}.${detail}`;
  const connecting = /^(connect to|host or domain|lost connection|conversation with|mail for .* loops)/.test(spoken);
  if (!connecting && status !== 0) {
    const sure = exact[key];
    if (sure !== undefined) return reasonNumber[sure];
  }
  for (const [reason, pattern] of byWords) {
    if (pattern.test(spoken)) {
      // "Rejected" alone says little: an exact code says more.
      if (reason === "policy" || reason === "server-busy") {
        const better = byStatus[key];
        if (better !== undefined && status !== 0) return reasonNumber[better];
      }
      return reasonNumber[reason];
    }
  }
  const said = byStatus[key];
  if (status !== 0 && said !== undefined) return reasonNumber[said];
  if (code === 421) return reasonNumber["server-busy"];
  if (code === 452 || code === 552) return reasonNumber["mailbox-full"];
  if (code === 450 || code === 550) return reasonNumber.policy;
  if (code === 451 || code === 554) return reasonNumber["server-error"];
  return reasonNumber.other;
}

const suspended = "delivery temporarily suspended: ";

/** The trouble itself, without Postfix's words for "remembered from another message". */
export function withoutSuspended(text: string): string {
  return text.startsWith(suspended) ? text.slice(suspended.length) : text;
}
