const WORDS_PER_PASSAGE = 120;
const SENTENCE_END = /(?<=[.!?])\s+(?=[A-Z])/;
const WORD = /\S+/g;

/**
 * Cuts a text at sentence ends into passages of 120 words or more (the last one is the rest). The same text always
 * gives the same passages, and joined by a space they are the text again.
 */
export function splitPassages(text: string): string[] {
  const passages: string[] = [];
  let sentences: string[] = [];
  let words = 0;
  for (const sentence of text.trim().split(SENTENCE_END)) {
    sentences.push(sentence);
    words += countWords(sentence);
    if (words < WORDS_PER_PASSAGE) continue;
    passages.push(sentences.join(' '));
    sentences = [];
    words = 0;
  }
  if (words > 0) passages.push(sentences.join(' '));
  return passages;
}

export function countWords(text: string): number {
  return text.match(WORD)?.length ?? 0;
}
