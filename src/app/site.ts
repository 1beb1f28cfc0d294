// The service under the operator's names, as it is configured.

import type { PublicSite } from "../core/status/site.ts";
import type { Config } from "./config.ts";

/** What the operator says about the service. */
export function siteFor({ name, url, components, counts, not_affected }: Config["public"]): PublicSite {
  return {
    name,
    url,
    components: Object.entries(components).map(([id, title]) => ({
      id,
      name: title,
      follows: id === "receiving" || id === "sending" ? id : undefined,
    })),
    counts,
    notAffected: not_affected,
  };
}
