import { readFileSync } from 'node:fs';

import { staticNodes } from '../discovery/static-nodes.js';
import { parseDuration } from '../support/duration.js';
import { resolveHerdOptions } from './herd-options.js';

const page = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
const [head = ''] = page.split('\n\n').filter((part) => part.startsWith('| `HerdModule.forRoot`'));

/** What the page's first table has for the default of each option. */
const written = head
  .split('\n')
  .slice(2)
  .flatMap((row) => {
    const [names = '', defaults = ''] = row.slice(2).split(' | ');
    const texts = defaults.split(', ');
    return names.split(', ').map((name, i) => [name.replaceAll('`', ''), texts[i]?.replaceAll('`', '')] as const);
  });

const least = { discovery: staticNodes(['a:1']), driver: { name: 'none', open: () => ({}) } as never };

it('lists every option of a herd, and no other', () => {
  const refusal = (): unknown => resolveHerdOptions(undefined as never);
  expect(refusal).toThrow(/must be an object with any of /);
  let known: readonly string[] = [];
  try {
    refusal();
  } catch (error) {
    known = /with any of ([\w, ]+)/
      .exec((error as Error).message)![1]!
      .trim()
      .split(', ');
  }
  expect(written.map(([name]) => name).sort()).toEqual([...known].sort());
});

it.each(written.filter(([, text]) => !['required', 'none', undefined].includes(text)))(
  'has the default of %s as it is: %s',
  (name, text) => {
    const resolved = resolveHerdOptions(least) as unknown as Record<string, unknown>;
    const value = resolved[name] ?? resolved[`${name}Ms`];
    if (/^\d/.test(text!)) expect(value).toBe(Number(text));
    else if (/^'\d/.test(text!)) expect(value).toBe(parseDuration(text!.slice(1, -1)));
    else if (text!.startsWith("'")) expect(value).toBe(text!.slice(1, -1));
    else if (text!.endsWith('()')) expect(value).toMatchObject({ name: text!.slice(0, -2) });
    else expect(value).toBe(text === 'Date.now' ? Date.now : Math.random);
  },
);
