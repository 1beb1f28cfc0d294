// How hard a text is to read: the grade of Flesch and Kincaid (1975), with syllables counted by rule.

export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

export function wordsOf(text: string): string[] {
  return text.match(/[A-Za-z0-9][A-Za-z0-9:,'’+.-]*/g)?.map((word) => word.replace(/[.,:]+$/, "")) ?? [];
}

/** By the letters: groups of vowels, without those that are not spoken. A number counts as one. */
export function syllablesOf(word: string): number {
  const letters = word.toLowerCase().replace(/[^a-z]/g, "");
  if (letters === "" || /\d/.test(word)) return 1;
  const spoken = letters
    .replace(/(?:[^laeiouy]es|[^td]ed|[^l]e)$/, (ending) =>
      /[sxzc]es$|ges$|shes$|ches$/.test(ending) ? ending : ending[0],
    )
    .replace(/^y/, "");
  return Math.max(1, spoken.match(/[aeiouy]{1,2}/g)?.length ?? 1);
}

export function gradeOf(text: string): number {
  const words = wordsOf(text);
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  return 0.39 * (words.length / sentencesOf(text).length) + 11.8 * (syllables / words.length) - 15.59;
}
