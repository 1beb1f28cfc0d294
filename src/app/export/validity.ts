// How a copy says how long it holds: in plain text, so that it is true of a page that nobody renews, script or not.

import type { Instant } from "../../core/time.ts";

interface Words {
  readonly holds: (made: string, until: string) => string;
  readonly stale: string;
}

/** By BCP 47 tag; a language without words here is told in English. */
const words: Readonly<Record<string, Words>> = {
  en: {
    holds: (made, until) =>
      `This is a copy, made on ${made}. It holds until ${until}. After that it may be out of date.`,
    stale: "This copy is out of date. What it says may no longer be true.",
  },
  de: {
    holds: (made, until) =>
      `Dies ist eine Kopie vom ${made}. Sie gilt bis ${until}. Danach ist sie vielleicht nicht mehr aktuell.`,
    stale: "Diese Kopie ist nicht mehr aktuell. Was hier steht, stimmt vielleicht nicht mehr.",
  },
  fr: {
    holds: (made, until) =>
      `Ceci est une copie du ${made}. Elle est valable jusqu’au ${until}. Ensuite, elle n’est peut-être plus à jour.`,
    stale: "Cette copie n’est plus à jour. Ce qu’elle dit n’est peut-être plus vrai.",
  },
  es: {
    holds: (made, until) =>
      `Esta es una copia del ${made}. Es válida hasta el ${until}. Después puede que no esté al día.`,
    stale: "Esta copia no está al día. Puede que lo que dice ya no sea cierto.",
  },
};

/** What a copy says of itself in a language: how long it holds, and that it holds no longer. */
export function validityWords(
  language: string,
  zone: string,
  made: Instant,
  until: Instant,
): { readonly holds: string; readonly stale: string } {
  const tag = Object.hasOwn(words, language) ? language : "en";
  const moment = new Intl.DateTimeFormat(tag === "en" ? "en-GB" : tag, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  });
  const { holds, stale } = words[tag];
  return { holds: holds(moment.format(made), moment.format(until)), stale };
}
