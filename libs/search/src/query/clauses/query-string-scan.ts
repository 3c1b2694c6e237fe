import { SearchQueryError } from '../../errors/query.errors.js';

/** What a text in the syntax of Lucene reaches for. */
export interface QueryStringNames {
  /** Names before a colon, without their escapes; the value of `_exists_:` too. */
  readonly fields: readonly string[];
  readonly regexp: boolean;
}

const SPACE = /\s/;
/** What ends a word, besides space. */
const ENDS = new Set(['(', ')', '[', ']', '{', '}', '"', '/', '^', ':', '+', '!', '=', '<', '>', '&', '|']);

/** Reads over a text once, as the parser of the engine splits it into words: `title : x` names `title` too. */
export function namesIn(text: string): QueryStringNames {
  const fields: string[] = [];
  let [word, regexp, exists] = ['', false, false];
  const endOfWord = (): void => {
    if (exists && word !== '') {
      fields.push(word);
      exists = false;
    }
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\') {
      const [escaped, length] = unescaped(text, at);
      word += escaped;
      at += length - 1;
    } else if (char === ':') {
      fields.push(word);
      exists = word === '_exists_';
      word = '';
    } else if (SPACE.test(char)) {
      // A colon may follow yet.
      let next = at + 1;
      while (next < text.length && SPACE.test(text[next]!)) next += 1;
      if (text[next] !== ':') {
        endOfWord();
        word = '';
      }
      at = next - 1;
    } else if (char === '"') {
      const end = endOfPhrase(text, at);
      if (exists) fields.push(text.slice(at + 1, end).replaceAll(/\\(.)/gs, '$1'));
      [exists, word, at] = [false, '', end];
    } else if (ENDS.has(char)) {
      regexp ||= char === '/';
      if (char !== '(') endOfWord();
      word = '';
    } else if (!(char === '-' && word === '')) word += char;
  }
  endOfWord();
  return { fields, regexp };
}

function endOfPhrase(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function unescaped(text: string, at: number): readonly [string, number] {
  const code = /^\\u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 6))?.[1];
  return code === undefined ? [text[at + 1] ?? '', 2] : [String.fromCharCode(parseInt(code, 16)), 6];
}

/** @throws SearchQueryError for a field besides those given, and for a regular expression that is not allowed */
export function assertWithin(text: string, fields: readonly string[] | undefined, allowRegexp: boolean): void {
  const { fields: named, regexp } = namesIn(text);
  if (regexp && !allowRegexp)
    throw new SearchQueryError(
      'queryString',
      'the text holds a regular expression, which reads every word of the index: escape the slash as \\/, or pass allowRegexp: true',
      text,
    );
  if (fields === undefined) return;
  const other = named.find(
    (name) => !(fields.includes(name) || name === '_exists_' || (name === '*' && /^\s*\*:\*\s*$/.test(text))),
  );
  if (other !== undefined)
    throw new SearchQueryError(
      'queryString',
      `the text names \`${other}\`, and may name ${fields.join(', ')} alone: add it to fields, or escape the colon as \\:`,
      text,
    );
}
