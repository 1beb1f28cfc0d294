// Whose line it is: `postfix/submission/smtpd` is the program `smtpd` of the instance `postfix`.
//
// Postfix logs as `syslog_name/program`, and master.cf may add a service in between. The syslog name may be anything
// (`postfix-out`, `mta2`), so a tag is Postfix's if its last part is one of Postfix's programs and there is a part before.

import type { Instances } from "../../../src/core/events/instances.ts";
import { textOf } from "../../../src/core/events/text.ts";
import { word } from "./scan.ts";

/** What kinds of lines a program writes. */
export const Group = {
  foreign: 0,
  /** Named like a part of Postfix, but not one that we know. */
  unknown: 1,
  smtpd: 2,
  pickup: 3,
  cleanup: 4,
  qmgr: 5,
  /** Hands mail on: smtp, lmtp, local, virtual, pipe, error, discard. */
  agent: 6,
  bounce: 7,
  postsuper: 8,
  master: 9,
  /** Scripts and commands, whose words are for people. */
  command: 10,
  postscreen: 11,
  /** Other daemons: they help, and say nothing about messages. */
  service: 12,
} as const;
export type Group = (typeof Group)[keyof typeof Group];

const groups = new Map<string, Group>();
for (const [group, names] of [
  [Group.smtpd, "smtpd qmqpd"],
  [Group.pickup, "pickup"],
  [Group.cleanup, "cleanup"],
  [Group.qmgr, "qmgr nqmgr oqmgr"],
  [Group.agent, "smtp lmtp local virtual pipe error retry discard relay"],
  [Group.bounce, "bounce defer trace"],
  [Group.postsuper, "postsuper"],
  [Group.master, "master"],
  [
    Group.command,
    "postfix postfix-script postfix-tls-script postfix-wrapper post-install postmulti postmulti-script postalias postcat " +
      "postconf postdrop postkick postlock postlog postmap postqueue posttls-finger sendmail mailq newaliases " +
      "smtp-sink smtp-source qmqp-sink qmqp-source set-permissions fsstone makedefs",
  ],
  [Group.postscreen, "postscreen"],
  [
    Group.service,
    "anvil dnsblog flush nbdb_reindexd postlogd proxymap proxywrite scache showq spawn tlsmgr tlsproxy trivial-rewrite " +
      "rewrite verify",
  ],
] as const) {
  for (const name of names.split(" ")) groups.set(name, group);
}

/** Postfix's own commands whose names nobody else uses: known also without a syslog name before them. */
const unmistakable =
  /^(postfix|postfix-script|postfix-tls-script|postfix-wrapper|postsuper|postqueue|postmulti|postmulti-script|postmap|postalias|postconf|postdrop|postlog|postlogd|postscreen|posttls-finger)$/;

/** Policy servers and filters that log under Postfix's name and are none of its programs. */
const guests =
  /^(policy.*|polic.*spf.*|spf.*|pypolicyd.*|postgrey|sqlgrey|postfwd.*|policyd.*|amavis.*|.*-milter|milter-.*|opendkim|opendmarc|srs.*|postsrsd.*|mta-sts.*)$/;

/** What a tag means: its program's group and the part of it that names the instance. */
export function meaningOf(tag: string): { readonly group: Group; readonly syslogName: string } {
  const slash = tag.indexOf("/");
  if (slash < 0) {
    return unmistakable.test(tag)
      ? { group: groups.get(tag) ?? Group.command, syslogName: "postfix" }
      : { group: Group.foreign, syslogName: "" };
  }
  const syslogName = tag.slice(0, slash);
  const program = tag.slice(tag.lastIndexOf("/") + 1);
  if (slash === 0 || program === "") return { group: Group.foreign, syslogName: "" };
  const group = groups.get(program);
  if (group !== undefined) return { group, syslogName };
  return {
    group: syslogName.startsWith("postfix") && !guests.test(program) ? Group.unknown : Group.foreign,
    syslogName,
  };
}

const TABLE = 4096;

/** Short byte strings, each with a number: the same number for the same bytes, without making a string of them. */
class Names {
  /** Names known. */
  count = 0;
  readonly #slots = new Int32Array(TABLE * 2).fill(-1);
  readonly #hash = new Int32Array(TABLE);
  readonly #start = new Int32Array(TABLE);
  readonly #length = new Int32Array(TABLE);
  #bytes = new Uint8Array(TABLE * 16);
  #used = 0;

  /** The number of the name at `[start, end)`, whose hash is `hash`; -1 if it is new. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start;
    for (let slot = (hash ^ (hash >>> 15)) & (TABLE * 2 - 1); ; slot = (slot + 1) & (TABLE * 2 - 1)) {
      const number = this.#slots[slot];
      if (number < 0) return -1;
      if (this.#hash[number] !== hash || this.#length[number] !== length) continue;
      const own = this.#bytes;
      const from = this.#start[number];
      let i = 0;
      while (i < length && own[from + i] === bytes[start + i]) i++;
      if (i === length) return number;
    }
  }

  /** Bytes of a name. */
  length(number: number): number {
    return this.#length[number];
  }

  /** Gives a new name a number. Forgets all others first when there are too many: names may come from an attacker. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (this.count === TABLE) {
      this.#slots.fill(-1);
      this.count = 0;
      this.#used = 0;
    }
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const larger = new Uint8Array((this.#used + length) * 2);
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    const number = this.count++;
    this.#bytes.set(bytes.subarray(start, end), this.#used);
    this.#hash[number] = hash;
    this.#start[number] = this.#used;
    this.#length[number] = length;
    this.#used += length;
    let slot = (hash ^ (hash >>> 15)) & (TABLE * 2 - 1);
    while (this.#slots[slot] >= 0) slot = (slot + 1) & (TABLE * 2 - 1);
    this.#slots[slot] = number;
    return number;
  }
}

const RECENT = 64;
const postfixWord = word("post");

/** A place for the tag at `at`. Programs differ by their first letters, those of Postfix behind the eight of `postfix/`. */
function recentSlot(bytes: Uint8Array, words: DataView, at: number): number {
  const first = words.getInt32(at, true);
  const telling = first === postfixWord ? words.getInt32(at + 8, true) ^ (bytes[at + 12] << 7) : first;
  return Math.imul(telling, 0x9e3779b1) >>> 26;
}

/** The hosts and tags of one log, each looked at once. */
export class Programs {
  readonly #instances: Instances;
  readonly #tags = new Names();
  readonly #group = new Uint8Array(TABLE);
  readonly #syslogName: string[] = [];
  // The instance of a tag, for the host that it was asked for last.
  readonly #instance = new Uint16Array(TABLE);
  readonly #instanceHost = new Int32Array(TABLE);
  readonly #both = new Map<number, number>();
  readonly #hosts = new Names();
  readonly #hostNames: string[] = [];
  #forgotten = 0;
  // Tags seen lately, as words, by a few of their bytes: found without reading them letter by letter.
  readonly #recentTag = new Int32Array(RECENT).fill(-1);
  readonly #recentWords = new Int32Array(RECENT * 8);
  readonly #recentLast = new Int32Array(RECENT);

  constructor(instances: Instances) {
    this.#instances = instances;
  }

  /** The number of a host, for `instance`. */
  host(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
    let number = this.#hosts.find(bytes, start, end, hash);
    if (number < 0) {
      if (this.#hosts.count === TABLE) {
        // All numbers will mean other hosts from now on.
        this.#instanceHost.fill(-1);
        this.#both.clear();
        this.#forgotten += TABLE;
      }
      number = this.#hosts.add(bytes, start, end, hash);
      this.#hostNames[number] = textOf(bytes, start, end);
    }
    return number + this.#forgotten;
  }

  /** The number of the tag that begins at `at` if it was seen lately, with `[` or `:` behind it; else -1. */
  recent(bytes: Uint8Array, words: DataView, at: number, end: number): number {
    if (end - at < 16) return -1;
    const slot = recentSlot(bytes, words, at);
    const tag = this.#recentTag[slot];
    if (tag < 0) return -1;
    const length = this.#tags.length(tag);
    const tagEnd = at + length;
    if (tagEnd >= end || (bytes[tagEnd] !== 91 && bytes[tagEnd] !== 58)) return -1;
    if (words.getInt32(tagEnd - 4, true) !== this.#recentLast[slot]) return -1;
    for (let i = 0; i + 4 <= length; i += 4) {
      if (words.getInt32(at + i, true) !== this.#recentWords[slot * 8 + (i >>> 2)]) return -1;
    }
    return tag;
  }

  /** Remembers for `recent` that `tag` stands at `at`. */
  remember(bytes: Uint8Array, words: DataView, at: number, end: number, tag: number): void {
    const length = this.#tags.length(tag);
    if (length < 4 || length > 32 || end - at < 16) return;
    const slot = recentSlot(bytes, words, at);
    this.#recentTag[slot] = tag;
    this.#recentLast[slot] = words.getInt32(at + length - 4, true);
    for (let i = 0; i + 4 <= length; i += 4) this.#recentWords[slot * 8 + (i >>> 2)] = words.getInt32(at + i, true);
  }

  /** Bytes of a tag. */
  length(tag: number): number {
    return this.#tags.length(tag);
  }

  /** The number of the tag at `[start, end)`, whose hash is `hash` (`h * 31 + byte`). */
  tag(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const known = this.#tags.find(bytes, start, end, hash);
    if (known >= 0) return known;
    if (this.#tags.count === TABLE) {
      this.#both.clear();
      this.#recentTag.fill(-1);
    }
    const number = this.#tags.add(bytes, start, end, hash);
    const { group, syslogName } = meaningOf(textOf(bytes, start, end));
    this.#group[number] = group;
    this.#syslogName[number] = syslogName;
    this.#instanceHost[number] = -1;
    return number;
  }

  /** The group of a tag's program. */
  group(tag: number): number {
    return this.#group[tag];
  }

  /** The number of the MTA instance that writes as this tag on this host. */
  instance(tag: number, host: number): number {
    if (this.#instanceHost[tag] === host) return this.#instance[tag];
    const key = host * TABLE + tag;
    let number = this.#both.get(key);
    if (number === undefined) {
      number = this.#instances.number(`${this.#hostNames[host - this.#forgotten]}/${this.#syslogName[tag]}`);
      this.#both.set(key, number);
    }
    this.#instanceHost[tag] = host;
    this.#instance[tag] = number;
    return number;
  }
}
