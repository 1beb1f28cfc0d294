// English.

import type { Language } from "../language.ts";
import { spoken } from "../spoken.ts";
import { labels } from "./labels.ts";
import { messages } from "./messages.ts";

export default spoken({ tag: "en", messages, labels }) satisfies Language;
