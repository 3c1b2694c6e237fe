import fc from 'fast-check';

import { defaultCacheOptions, readNamespaceOptions, resolveCallOptions } from '../cache/cache-options.js';
import { staticNodes } from '../discovery/static-nodes.js';
import { checked } from '../support/option-checks.js';
import { resolveHerdOptions } from './herd-options.js';

const least = { discovery: staticNodes(['a:1']), driver: { name: 'none', open: () => ({}), copies: {} } as never };
const ofNamespace = (given: object) => checked((problems) => readNamespaceOptions(problems, given, 0));
const herdOptions = ['refresh', 'failoverTtl', 'longestLife', 'warmUpFor'];
const cacheOptions = ['staleIfError', 'staleWhileRevalidate', 'negativeTtl', 'loadTimeout'];

/** What an option with this value resolves to, whichever place it is given at. */
const readers: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ...herdOptions.map(
    (name) => [name, (value: unknown) => pick(resolveHerdOptions({ ...least, [name]: value }), name)] as const,
  ),
  ...cacheOptions.flatMap((name) => [
    [`${name} of a namespace`, (value: unknown) => pick(ofNamespace({ [name]: value }), name)] as const,
    [
      `${name} of a call`,
      (value: unknown) => pick(resolveCallOptions({ [name]: value }, defaultCacheOptions, 0), name),
    ] as const,
  ]),
  ['softTimeout', (value) => ofNamespace({ staleIfError: '1h', softTimeout: value }).softTimeoutMs],
  ['memory.ttl', (value) => ofNamespace({ memory: { ttl: value } }).memory!.ttlMs],
];

const pick = (resolved: object, name: string): unknown => (resolved as Record<string, unknown>)[`${name}Ms`];

it.each(readers)('a number is milliseconds, and a text has its unit: %s', (_name, read) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (ms) => {
      expect(read(ms)).toBe(ms);
      expect(read(`${ms}ms`)).toBe(ms);
      expect(read(`${ms}s`)).toBe(ms * 1000);
    }),
    { numRuns: 20 },
  );
});
