/**
 * The words in the page's language; English where there are none in it. Another language is one more member at each call.
 */
export function inLanguage<Words>(words: {
  readonly en: Words;
  readonly [language: string]: Words;
}): Words {
  return words[document.documentElement.lang] ?? words.en;
}
