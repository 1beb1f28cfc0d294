// An operator's words in a text of ours: one line, nothing that acts on a screen, and no longer than there is room for.

/** Control, private and unassigned characters, those that turn the direction of reading, and half characters. */
const unspeakable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]+/gu;

/** Cut at a word. At most `words` words and `letters` letters; ends as a sentence does. Empty stays empty. */
export function operatorWords(text: string, words: number, letters: number): string {
  const all = text
    .slice(0, 4 * letters)
    .replace(/\s/gu, " ")
    .replace(unspeakable, "")
    .split(" ")
    .filter((word) => word !== "");
  const some = all.slice(0, words);
  while (some.length > 1 && some.join(" ").length > letters) some.pop();
  const said = some
    .join(" ")
    .slice(0, letters)
    .replace(/\p{Cs}/gu, "");
  if (!/[\p{L}\p{N}]/u.test(said)) return "";
  if (some.length < all.length) return `${said.replace(/[\s.,;:!?…]+$/u, "")} …`;
  return /[.!?…)"”’»。！？]$/u.test(said) ? said : `${said}.`;
}
