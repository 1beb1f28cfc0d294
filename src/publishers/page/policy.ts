// What a browser may do with our pages: show our own style, run our own script, ask our own server. Nothing else, from nobody else.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { styleHash } from "./style.ts";

/** The one script, as it is served. */
export const script: Buffer = readFileSync(new URL("./live.js", import.meta.url));

/** What the page says the script's bytes are; a browser runs no others. */
export const scriptIntegrity = `sha384-${createHash("sha384").update(script).digest("base64")}`;

/** Stands in the page as well, so that a copy of it on any web server or disk is held to it. */
export const policyInPage = `default-src 'none'; script-src 'self'; connect-src 'self'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'`;

/** As a header, which can say more. */
export const policy = `${policyInPage}; frame-ancestors 'none'`;
