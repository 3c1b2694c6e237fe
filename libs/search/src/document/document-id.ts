import type { DocumentKey } from '../metadata/key-parts.js';

const SEPARATOR = ':';
const ESCAPE = '~';

/**
 * One text for one key: a single value as it is, those of a composite key with `:` between them, and `~` before each
 * `:` and `~` of a value: `1:7`, `1:a~:b`.
 */
export function keyText(key: DocumentKey): string {
  return typeof key === 'object'
    ? key.map((value) => String(value).replace(/[:~]/g, '~$&')).join(SEPARATOR)
    : String(key);
}

/** The texts of a composite key; `undefined` for what `keyText` does not write. */
export function splitKeyText(text: string): string[] | undefined {
  const values = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === SEPARATOR) values.push('');
    else if (character !== ESCAPE) values.push(values.pop()! + character);
    else {
      const escaped = text[(at += 1)];
      if (escaped !== SEPARATOR && escaped !== ESCAPE) return undefined;
      values.push(values.pop()! + escaped);
    }
  }
  return values;
}
