// How the senders of a mail server's usual post try again, class by class: the nominal law, where it was read, and how much
// of the usual post each class brings. A prior: what arrives after a downtime corrects it.

/** A class of sending systems that share a retry law. */
export interface SenderClass {
  readonly name: string;
  /** Usual share of delayed mail, summing to 1 with `neverReturns`. */
  readonly share: number;
  /** `message`: each waits on its own. `host`: one clock for all mail of a host, which then comes in one burst. */
  readonly clock: "message" | "host";
  readonly law:
    | { readonly kind: "age"; readonly minimal: number; readonly maximal: number; readonly run: number }
    | { readonly kind: "run"; readonly shortest: number; readonly longest: number }
    | { readonly kind: "quadratic"; readonly step: number }
    | {
        readonly kind: "stages";
        /** Until this many seconds after the first failure, wait `first`, then `factor` times the wait before. */
        readonly stages: readonly { readonly until: number; readonly first: number; readonly factor: number }[];
        readonly run: readonly [shortest: number, longest: number];
      }
    | { readonly kind: "list"; readonly waits: readonly number[]; readonly after: number };
  /**
   * How far unpublished settings may stretch the waits: a factor between 1/`unsure` and `unsure`. Where each message has a
   * clock of its own the operators are few and the factor is one for all of the class; each host has its own.
   */
  readonly unsure: number;
  /** Seconds after which the sender gives up. */
  readonly lifetime: number;
  readonly source: string;
}

/** Share of the usual post that is tried once only. */
export const neverReturns = 0.03;

/** Seconds throughout. */
export const senderClasses: readonly SenderClass[] = [
  {
    name: "postfix",
    share: 0.25,
    clock: "message",
    law: { kind: "age", minimal: 300, maximal: 4000, run: 300 },
    unsure: 1,
    lifetime: 432_000,
    source: "Postfix qmgr_active.c and postconf(5): minimal_backoff_time, maximal_backoff_time, queue_run_delay",
  },
  {
    name: "exim",
    share: 0.12,
    clock: "host",
    law: {
      kind: "stages",
      stages: [
        { until: 7200, first: 900, factor: 1 },
        { until: 57_600, first: 3600, factor: 1.5 },
        { until: 345_600, first: 21_600, factor: 1 },
      ],
      run: [600, 3600],
    },
    unsure: 1,
    lifetime: 345_600,
    source: "Exim specification, chapter 32: F,2h,15m; G,16h,1h,1.5; F,4d,6h; retry data are kept per host",
  },
  {
    name: "sendmail",
    share: 0.05,
    clock: "host",
    law: { kind: "run", shortest: 600, longest: 3600 },
    unsure: 1,
    lifetime: 432_000,
    source: "Sendmail operations guide: queue interval (-q), Timeout.queuereturn; distributions use 10 to 60 min",
  },
  {
    name: "qmail",
    share: 0.04,
    clock: "message",
    law: { kind: "quadratic", step: 400 },
    unsure: 1,
    lifetime: 604_800,
    source: "qmail-send.c: the k-th attempt is made 400 k^2 s after birth; queuelifetime",
  },
  {
    name: "exchange",
    share: 0.08,
    clock: "host",
    law: { kind: "list", waits: [60, 60, 60, 60, 300, 300, 300, 300, 300, 300], after: 600 },
    unsure: 1.5,
    lifetime: 172_800,
    source: "Exchange Server, message retry, resubmit and expiration intervals: 4 x 1 min, 6 x 5 min, then 10 min; 2 d",
  },
  {
    name: "provider",
    share: 0.22,
    clock: "message",
    law: { kind: "list", waits: [362, 1380, 1654, 2528, 3799, 4061, 4761, 7541], after: 9000 },
    unsure: 2,
    lifetime: 259_200,
    source:
      "attempts of a large webmail provider against greylisting (Pagani and others, DSN 2016); 72 h in its delay notices",
  },
  {
    name: "microsoft-365",
    share: 0.14,
    clock: "message",
    law: { kind: "list", waits: [300, 600, 900, 900, 1200, 1800, 2400], after: 3600 },
    unsure: 2,
    lifetime: 86_400,
    source: "Exchange Online, message deferral: 15 min or less at first, growing to 60 min; 24 h",
  },
  {
    name: "bulk",
    share: 0.07,
    clock: "message",
    law: { kind: "list", waits: [600, 900, 1800, 3600, 7200], after: 14_400 },
    unsure: 2,
    lifetime: 172_800,
    source: "retry tables of mail services (10, 15, 30 min, 1, 2, 4 h; given up after 8 to 72 h)",
  },
];
