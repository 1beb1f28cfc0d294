// Which addresses a webhook may be sent to: the name is resolved once, what comes of it is judged, and the connection goes
// to just that address, so that a name that resolves to something else a moment later leads nowhere new.

import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Asks the name's addresses, as the system's resolver does. */
export type Resolve = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const resolveName: Resolve = (name) => systemLookup(name, { all: true });

/** Only addresses of the open Internet: not this machine, its network, or what maps onto them. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes is judged as what it is; every other kind of mapping has a range of its own.
  return ipaddr.process(address).range() === "unicast";
}

/** The address to connect to. Throws an Error that says why there is none. */
export async function addressFor(hostname: string, resolve: Resolve, allowPrivate: boolean): Promise<Resolved> {
  const name = hostname.replace(/^\[|\]$/g, "");
  const found = isIP(name) === 0 ? await resolve(name) : [{ address: name, family: isIP(name) }];
  const usable = allowPrivate ? found : found.filter(({ address }) => isPublicAddress(address));
  // One that is private among others is not passed over in silence: whoever controls the name would only have to wait.
  if (found.length === 0 || usable.length < found.length) {
    throw new Error(
      found.length === 0
        ? `${name} has no address`
        : `${name} leads to a private address, which allow_private would allow`,
    );
  }
  const { address, family } = usable[0];
  return { address, family: family === 6 ? 6 : 4 };
}
