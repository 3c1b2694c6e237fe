import fc from 'fast-check';

import { startNodePair } from './node-pair.js';
import type { NodePair } from './node-pair.js';

/** A key is named by a letter: `<a>` as it is, or `<a=>` in base64. */
const letter = fc.constantFrom('a', 'b', 'n');
const either = fc
  .tuple(letter, fc.boolean())
  .map(([name, binary]) => ({ key: binary ? `<${name}=>` : `<${name}>`, b: binary ? ' b' : '' }));
const values = fc.constantFrom(
  '',
  '0',
  '9',
  '10',
  '99',
  '100',
  '18446744073709551615',
  'x',
  'xyz',
  'a\r\nEN\r\nb',
  '\0\xff',
);
const lives = fc.constantFrom('0', '100', '1000', '-1');
const amounts = fc.constantFrom('0', '1', '5', '95', '18446744073709551615');

/** A version is given as so many after the first of the run: whether it fits depends on what came before. */
const version = fc.nat(30).map((after) => `{${after}}`);
const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.option(part, { nil: undefined, freq: 2 }).map((given) => (given === undefined ? [] : [given]));

const flag: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...Object.fromEntries([...'kstcfvlhuqI'].map((letter) => [letter, fc.constant(letter)])),
  O: fc.constantFrom('O1', 'Oopaque'),
  T: lives.map((life) => `T${life}`),
  N: lives.map((life) => `N${life}`),
  R: fc.constantFrom('R30', 'R500', 'R2000'),
  F: fc.constantFrom('F0', 'F7', 'F4294967295'),
  C: version.map((text) => `C${text}`),
  J: amounts.map((amount) => `J${amount}`),
  D: amounts.map((amount) => `D${amount}`),
};
/** Some of `letters`, each once, in any order; with a mode out of `modes`. */
const flags = (letters: string, modes: readonly string[] = []): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc
        .shuffledSubarray([...letters], { maxLength: 6 })
        .chain((chosen) => fc.tuple(...chosen.map((letter) => flag[letter]!))),
      maybe(modes.length > 0 ? fc.constantFrom(...modes) : fc.constant('k')),
    )
    .map(([chosen, mode]) => [...new Set([...chosen, ...mode])].map((text) => ` ${text}`).join(''));

const meta = (verb: string, letters: string, modes?: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(either, flags(letters, modes)).map(([{ key, b }, given]) => `${verb} ${key}${given}${b}\r\n`);
const metaSet = fc
  .tuple(either, values, flags('OkcTFICq', ['MS', 'ME', 'MA', 'MP', 'MR']))
  .map(([{ key, b }, value, given]) => `ms ${key} ${value.length}${given}${b}\r\n${value}\r\n`);
const store = fc
  .tuple(
    fc.constantFrom('set', 'add', 'replace', 'append', 'prepend', 'cas'),
    letter,
    fc.constantFrom('0', '5'),
    lives,
    values,
    version,
    maybe(fc.constant('noreply')),
  )
  .map(
    ([verb, name, bits, life, value, cas, end]) =>
      `${[verb, `<${name}>`, bits, life, value.length, ...(verb === 'cas' ? [cas] : []), ...end].join(' ')}\r\n${value}\r\n`,
  );
const line = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(letter, ...parts).map(([name, ...words]) => `${words.join(' ').replace('KEY', `<${name}>`)}\r\n`);
const word = fc.constant;

const command = fc.oneof(
  { weight: 3, arbitrary: meta('mg', 'kstcfvlhuqOTNR') },
  { weight: 3, arbitrary: metaSet },
  { weight: 1, arbitrary: meta('md', 'kOqITC') },
  { weight: 2, arbitrary: meta('ma', 'kOqtcvTNJDC', ['MI', 'MD', 'M+', 'M-']) },
  { weight: 3, arbitrary: store },
  line(fc.constantFrom('get', 'gets'), word('KEY')),
  line(fc.constantFrom('gat', 'gats'), lives, word('KEY')),
  line(fc.constantFrom('incr', 'decr'), word('KEY'), amounts),
  line(word('touch'), word('KEY'), lives),
  line(word('delete'), word('KEY')),
);

describe('the embedded node and memcached', () => {
  let pair: NodePair;
  let run = 0;
  beforeAll(async () => {
    pair = await startNodePair();
  });
  afterAll(() => pair?.stop());

  it('give the same answers to any commands in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
        run++;
        const keyOf = (name: string): string =>
          name.endsWith('=') ? Buffer.from(`${run}${name[0]}`).toString('base64') : `${run}${name}`;
        const begin = await pair.ask(`ms ${run}first 0 c\r\n\r\n`);
        expect(begin.answered).toBe(begin.expected);
        const first = BigInt(/^HD c(\d+)/.exec(begin.expected)![1]!);
        const script = commands
          // Until `mn`, memcached keeps what it answers with, and counts in another way meanwhile.
          .map((text) => `${text.replace(/<(.=?)>/, (_, name: string) => keyOf(name))}mn\r\n`)
          .join('')
          .concat(`ms ${run}last 0 c\r\n\r\n`)
          .replace(/\{(\d+)\}/g, (_, after: string) => String(first + BigInt(after)));
        const { expected, answered } = await pair.ask(script);
        expect(answered).toBe(expected);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
