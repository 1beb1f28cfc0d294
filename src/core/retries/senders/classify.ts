// The class of a sender, from what the receiving side sees of it: its name first, then the software it names.

import { foldedWord, wordsOf } from "../../events/text.ts";

/** What is known of the host that handed a message over. Leave out what is not known. */
export interface SenderMarks {
  /** Name of the address, only if that name leads back to the address: anybody can write any name into a reverse zone. */
  readonly confirmedName?: string;
  /** Name that the host gave in HELO or EHLO; it can be made up. */
  readonly helo?: string;
  /** The `Received` header which that host wrote itself, unfolded: the second from the top. */
  readonly received?: string;
}

/** A class of senders, and what it was told by. */
export interface Classified {
  readonly senderClass: string;
  readonly by: "name" | "helo" | "software" | "nothing";
}

// Names of hosts in the headers of real mail, and what providers publish of their names.
export const byName: readonly (readonly [pattern: RegExp, senderClass: string])[] = [
  [/^mail-[a-z0-9-]+\.google\.com$/, "google"],
  [/\.outbound\.protection\.outlook\.com$/, "microsoft365"],
  [/\.smtp-out\.(?:[a-z0-9-]+\.)?amazonses\.com$/, "amazonses"],
  [/\.outbound-mail\.sendgrid\.net$/, "sendgrid"],
  [/^[a-z]*\d+-\d+\.mailgun\.(?:net|org|us)$/, "mailgun"],
  [/^mta\d+[a-z]?-[a-z0-9]+\.mtasv\.net$/, "postmark"],
  [/\.sparkpostmail\.com$/, "sparkpost"],
  [/\.(?:mandrillapp\.com|rsgsv\.net)$/, "mandrill"],
  [/\.d\.sender-sib\.com$/, "brevo"],
  [/\.mta\.exacttarget\.com$/, "salesforce"],
  [/^sender(?:\d*-[a-z0-9]+-o\d+|-of-o\d+)\.zoho\.(?:com|eu|in|com\.cn)$/, "zoho"],
  [/^mout\.(?:gmx\.net|kundenserver\.de|web\.de)$/, "gmx"],
  [/^sonic\d+-\d+\.consmr\.mail\.[a-z0-9]+\.yahoo\.com$/, "yahoo"],
  [/^outbound\.[a-z]{2}\.icloud\.com$|\.eps\.apple\.com$|^mr[a-z0-9]+-asmtp[a-z0-9]*\.me\.com$/, "icloud"],
  [/\.messagingengine\.com$/, "fastmail"],
  [/\.qq\.com$/, "qq"],
  [/^[a-z]{2}-smtp-(?:delivery-)?\d+\.mimecast\.com$/, "mimecast"],
  [/^mx0[ab]-[0-9a-f]{8}\.pphosted\.com$/, "proofpoint"],
  [/^dispatch[a-z0-9]*-(?:us|eu)\d\.ppe-hosted\.com$/, "proofpoint-essentials"],
  [/^esa\d*\.[a-z0-9-]+\.iphmx\.com$/, "cisco"],
  [/\.messagelabs\.com$/, "messagelabs"],
];

/** What all of these end in: most names end otherwise. */
const endings =
  "google.com outlook.com amazonses.com sendgrid.net mailgun.net mailgun.org mailgun.us mtasv.net sparkpostmail.com mandrillapp.com " +
  "rsgsv.net sender-sib.com exacttarget.com zoho.com zoho.eu zoho.in zoho.com.cn gmx.net kundenserver.de web.de yahoo.com icloud.com " +
  "apple.com me.com messagingengine.com qq.com mimecast.com pphosted.com ppe-hosted.com iphmx.com messagelabs.com";

/** So many letters of an ending are looked at: as many as the shortest has. */
const tail = 6;
const lastLetters: ReadonlySet<string> = new Set(endings.split(" ").map((ending) => ending.slice(-tail)));

/** A place for the last letters of a name, as they are read: the last four in one word, and the two before them. */
function tailPlace(last: number, before: number): number {
  return Math.imul(last ^ Math.imul(before, 0x01000193), 0x9e3779b1) >>> 22;
}

// 1 where an ending falls. Other names may fall there as well: they are looked at in vain.
const tails = new Uint8Array(1024);
for (const letters of lastLetters) {
  const [a, b, c, d, e, f] = Array.from(letters, (letter) => letter.charCodeAt(0));
  tails[tailPlace(c | (d << 8) | (e << 16) | (f << 24), a | (b << 8))] = 1;
}

/**
 * Whether the name of a host may be one of a provider; if not, `classOf` tells nothing by it. Hot: asked for every message,
 * of bytes, so that nearly no name becomes a text.
 */
export function maybeNamed(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = end > start && bytes[end - 1] === 0x2e ? end - 1 : end;
  if (stop - start < tail) return false;
  const words = wordsOf(bytes);
  const last = words.getInt32(stop - 4, true);
  const before = foldedWord(words.getUint16(stop - 6, true));
  // Letters that are not ASCII may become some in lower case.
  if (((last | before) & 0x80808080) !== 0) return true;
  return tails[tailPlace(foldedWord(last), before)] === 1;
}

/** Classes that the name of a host can tell. */
export const namedClasses: ReadonlySet<string> = new Set(byName.map(([, senderClass]) => senderClass));

// What software writes into a Received header. Those that build on another come before it.
const bySoftware: readonly (readonly [RegExp, string])[] = [
  [/\bby \S{1,255}\.pp(?:ops|hosted)\.(?:net|com) \(8\.\d/, "proofpoint"],
  [/\bby relay\.mimecast\.com with ESMTP/, "mimecast"],
  [/\bby \S{1,255}\.prod\.outlook\.com\b/i, "microsoft365"],
  [/\bwith Microsoft SMTP Server\b/, "exchange"],
  [/\((?:Oath|Yahoo) Hermes SMTP Server\)/, "yahoo"],
  [/\bby mail-[\w-]{1,63}\.google\.com with SMTP\b/, "google"],
  [/\bby \S{1,255} \(KumoMTA\b/, "kumomta"],
  [/\bby \S{1,255} \(Haraka\b|^\(Haraka outbound\)/, "haraka"],
  [/\bby \S{1,255} \(ZoneMTA\b/, "zonemta"],
  [/\bby \S{1,255} \(Stalwart SMTP\)/, "stalwart"],
  [/\bby \S{1,255} \(OpenSMTPD\)/, "opensmtpd"],
  [/\(ecelerity [\d.]+ r\(/, "momentum"],
  [/\(PowerMTA(?:\(TM\))? v/, "powermta"],
  [/\((?:Lotus|IBM|HCL) Domino Release /, "domino"],
  [/\bwith MailEnable E?SMTP/, "mailenable"],
  [/\(Spam (?:&(?:amp;)? Virus )?Firewall\) with E?SMTP/, "barracuda"],
  [/\(qmail \d+ invoked (?:by|from|for) |\(qmail-ldap/, "qmail"],
  [
    /\(Exim\b|\bid [0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b|\bid [0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}\b/,
    "exim",
  ],
  [/\bby \S{1,255} \([^()]{0,80}Postfix\b/, "postfix"],
  [/\bid [0-9A-F]{16}\.[0-9A-F]{16}\.[0-9A-F]{8}\b/, "courier"],
  [/\bby \S{1,255} \(8\.\d+\.\d+[^)]{0,80}\) (?:with E?SMTPS?A? )?id /, "sendmail"],
  [/\bby \S{1,255} \(8\.\d+\.\d+[^)]{0,80}\) with E?SMTP/, "sendmail"],
  [/^from \S{1,255} \S{1,255} by \S{1,255} with ESMTP(?:\/TLS\/[\w-]{1,40})?; /, "cisco"],
];

// Longer than any name or header that means something; the rest is not looked at.
const longestName = 255;
const longestHeader = 2000;

function find(rules: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}

function named(name: string | undefined): string | undefined {
  if (name === undefined || name.length > longestName) return undefined;
  const plain = name.toLowerCase().replace(/\.$/, "");
  return lastLetters.has(plain.slice(-tail)) ? find(byName, plain) : undefined;
}

/** Tells the class of a sender; `unknown` where nothing says it. A name that is confirmed counts before all others. */
export function classOf({ confirmedName, helo, received }: SenderMarks): Classified {
  const byConfirmed = named(confirmedName);
  if (byConfirmed !== undefined) return { senderClass: byConfirmed, by: "name" };
  const byHelo = named(helo);
  if (byHelo !== undefined) return { senderClass: byHelo, by: "helo" };
  const header = received
    ?.slice(0, longestHeader)
    .replace(/^Received:\s*/i, "")
    .replace(/\s+/g, " ");
  const software = header === undefined ? undefined : find(bySoftware, header);
  if (software !== undefined) return { senderClass: software, by: "software" };
  return { senderClass: "unknown", by: "nothing" };
}
