/** One word of a text. Positions count from 0; between two values of a field there is a gap of 100. */
export interface Word {
  readonly text: string;
  readonly position: number;
}

/** Makes words of a text: what an analyzer is to a real engine. */
export type Tokenizer = (text: string) => readonly string[];

const IDEOGRAPHS = String.raw`\p{Script=Han}\p{Script=Hiragana}`;
const LETTER = String.raw`(?:(?![${IDEOGRAPHS}])[\p{L}\p{M}\p{N}_])`;
/** Marks that hold letters together, digits, or both. */
const JOINED = String.raw`(?:(?<=\p{L}\p{M}*)[:·](?=\p{L})|(?<=\p{N})[,;](?=\p{N})|(?<=\p{L}\p{M}*)['’.](?=\p{L})|(?<=\p{N})['’.](?=\p{N}))`;
const WORD = new RegExp(`${LETTER}(?:${LETTER}|${JOINED}${LETTER})*|[${IDEOGRAPHS}]|\\p{Extended_Pictographic}`, 'gu');

/**
 * The words of a text in lower case, as the `standard` analyzer finds them: letters, digits and `_`, held together by marks
 * such as the apostrophe in `don't`.
 */
export const plainWords: Tokenizer = (text) => (text.match(WORD) ?? []).map((word) => word.toLowerCase());

/** Analyzers and tokenizers of the engine that are carried out as they are. */
export const TOKENIZERS: Readonly<Record<string, Tokenizer>> = {
  standard: (text) => text.match(WORD) ?? [],
  whitespace: (text) => text.split(/\s+/).filter(Boolean),
  keyword: (text) => [text],
  letter: (text) => text.match(/\p{L}+/gu) ?? [],
};

export const ANALYZERS: Readonly<Record<string, Tokenizer>> = {
  standard: plainWords,
  default: plainWords,
  simple: (text) => TOKENIZERS['letter']!(text).map((word) => word.toLowerCase()),
  whitespace: TOKENIZERS['whitespace']!,
  keyword: TOKENIZERS['keyword']!,
};

export const WORD_FILTERS: Readonly<Record<string, (word: string) => string>> = {
  lowercase: (word) => word.toLowerCase(),
  uppercase: (word) => word.toUpperCase(),
  trim: (word) => word.trim(),
};
