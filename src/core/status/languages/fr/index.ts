// Français, a draft that no native reader has checked: see README.md.

import type { Language } from "../language.ts";
import { spoken } from "../spoken.ts";
import { labels } from "./labels.ts";
import { messages } from "./messages.ts";

export default spoken({ tag: "fr", messages, labels }) satisfies Language;
