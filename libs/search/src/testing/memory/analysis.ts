import type { IndexSettings } from '../../contracts/index-body.js';
import { refused, unclaimed } from './refusals.js';
import { groupOf } from './settings.js';
import { ANALYZERS, TOKENIZERS, WORD_FILTERS, type Tokenizer } from './words.js';

type Definitions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Analyzers and normalizers of one index by their names. */
export interface MemoryAnalysis {
  /** @throws SearchUnclaimedError when it is first needed, for an analyzer that is not carried out */
  analyzer(name: string): Tokenizer;
  normalizer(name: string): (text: string) => string;
}

/** @param given tokenizers of the user by the names of analyzers: they go before the settings */
export function memoryAnalysis(settings: IndexSettings, given: Readonly<Record<string, Tokenizer>>): MemoryAnalysis {
  const analysis = groupOf(settings, 'index.analysis') as Readonly<Record<string, Definitions | undefined>>;
  return {
    analyzer(name) {
      const known = given[name] ?? analyzerOf(analysis['analyzer']?.[name]) ?? ANALYZERS[name];
      if (known) return known;
      throw unclaimed(
        `the analyzer '${name}'`,
        `give its words with memoryEngine({ analyzers: { ${JSON.stringify(name)}: plainWords } }), or use a real engine`,
      );
    },
    normalizer(name) {
      const { type = 'custom', filter = [], ...others } = analysis['normalizer']?.[name] ?? {};
      const filters = filtersOf(filter);
      if (name !== 'lowercase' && !analysis['normalizer']?.[name])
        throw refused('mapper_parsing_exception', `normalizer [${name}] not found`);
      if (type !== 'custom' || !filters || Object.keys(others).length > 0) throw unclaimed(`the normalizer '${name}'`);
      return name === 'lowercase' && filters.length === 0
        ? WORD_FILTERS['lowercase']!
        : (text) => through(filters, text);
    },
  };
}

function analyzerOf(definition: Readonly<Record<string, unknown>> | undefined): Tokenizer | undefined {
  if (!definition) return undefined;
  const { type = 'custom', tokenizer, filter = [], ...others } = definition;
  if (Object.keys(others).length > 0) return undefined;
  if (type !== 'custom') return tokenizer === undefined && isEmpty(filter) ? ANALYZERS[String(type)] : undefined;
  const [cut, filters] = [TOKENIZERS[String(tokenizer)], filtersOf(filter)];
  return cut && filters && ((text) => cut(text).map((word) => through(filters, word)));
}

function isEmpty(filter: unknown): boolean {
  return Array.isArray(filter) && filter.length === 0;
}

function filtersOf(filter: unknown): readonly ((word: string) => string)[] | undefined {
  const filters = [filter].flat().map((name) => WORD_FILTERS[String(name)]);
  return filters.every((one) => one !== undefined) ? filters : undefined;
}

function through(filters: readonly ((word: string) => string)[], text: string): string {
  return filters.reduce((word, filter) => filter(word), text);
}
