// Batches as signed HTTP requests from one host to another. The place is where mailtide listens: `http://192.0.2.1:9787`.
//
// What is carried can be read on the way and not be made or changed. For `https` put a proxy before mailtide: the
// collector goes to the https address, mailtide listens on its own plain one.

import type { Wire } from "../wire.ts";
import { inletAt } from "./inlet.ts";
import { outletTo } from "./outlet.ts";

export default {
  name: "http",
  open: (place, secret) => ({ outlet: outletTo(place, secret), inlet: inletAt(place, secret) }),
} satisfies Wire;
