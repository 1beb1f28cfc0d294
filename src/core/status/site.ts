// What the operator says about the service: fixed while the program runs.

/** What mailtide can judge by itself; a component that follows none is set by the operator alone. */
export type Direction = "receiving" | "sending";

/** A part of the service under the operator's own name, e.g. "Receiving mail" or "Webmail". */
export interface ComponentSite {
  /** Short, lower case, stable: it is part of addresses. */
  readonly id: string;
  readonly name: string;
  readonly follows: Direction | undefined;
}

export interface PublicSite {
  /** What people call the service, e.g. "Email". */
  readonly name: string;
  /** Where the public page is reached from outside, without a slash at its end; undefined: not known. */
  readonly url: string | undefined;
  readonly components: readonly ComponentSite[];
  /** Whether rounded counts are shown to the public. */
  readonly counts: boolean;
  /** What is never affected, in the operator's words, e.g. "Websites and payment pages are not affected."; empty for nothing. */
  readonly notAffected: string;
}

/** What holds if the operator says nothing. */
export const defaultSite: PublicSite = {
  name: "Email",
  url: undefined,
  components: [
    { id: "receiving", name: "Receiving mail", follows: "receiving" },
    { id: "sending", name: "Sending mail", follows: "sending" },
  ],
  counts: true,
  notAffected: "",
};
