import {
  cacheOptionNames,
  defaultCacheOptions,
  namespaceOptionNames,
  readCacheOptions,
} from '../cache/cache-options.js';
import { checkNamespaceName } from '../cache/herd-namespace.js';
import type { CacheOptions } from '../contracts/cache.js';
import type { Ttl } from '../contracts/ttl.js';
import { checkShape, isObject } from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';
import { checkTtl } from '../support/ttl.js';
import type { HerdAsyncOptions } from './herd-module-options.js';
import type { NamespaceChoice } from './namespace-property.js';
import type { NamespaceEntry } from './namespace-providers.js';

type Given = Readonly<Record<string, unknown>>;

const sources = ['useFactory', 'useClass', 'useExisting'] as const;
const asyncNames = ['name', 'imports', 'inject', ...sources];

/** Reports wrong options of `forRootAsync`. */
export function checkAsyncOptions(problems: OptionProblems, options: HerdAsyncOptions): void {
  const given = checkShape(problems, options as Given, asyncNames);
  const { name = 'default' } = given;
  problems.check(typeof name === 'string' && name !== '', 'name', name, `must be a text; leave it out for 'default'`);
  const found = sources.filter((source) => given[source] !== undefined);
  problems.check(found.length === 1, 'options', found, `must have one of ${sources.join(', ')}`);
  const { imports = [], inject = [], useFactory, useClass } = given;
  problems.check(Array.isArray(imports), 'imports', imports, 'must be a list of modules');
  problems.check(Array.isArray(inject), 'inject', inject, 'must be a list of providers');
  const isInjecting = given['inject'] === undefined || useFactory !== undefined;
  problems.check(isInjecting, 'inject', inject, 'must stand beside useFactory, which receives them');
  for (const [name, value] of Object.entries({ useFactory, useClass }))
    problems.check(value === undefined || typeof value === 'function', name, value, 'must be a function or a class');
}

/** Reports wrong options of `forFeature`. */
export function checkNamespaceEntries(problems: OptionProblems, entries: readonly NamespaceEntry[]): void {
  if (!problems.check(Array.isArray(entries), 'namespaces', entries, `must be a list such as ['users']`)) return;
  for (const entry of entries) {
    if (!isObject(entry)) {
      checkNamespaceName(problems, entry);
      continue;
    }
    const { name, ...options } = checkShape(problems, entry, ['name', ...namespaceOptionNames]);
    checkNamespaceName(problems, name);
    readCacheOptions(problems, options, defaultCacheOptions, 0);
  }
}

export const choiceNames = ['namespace', 'herd'] as const;

export function checkChoice(problems: OptionProblems, { namespace, herd }: NamespaceChoice): void {
  checkNamespaceName(problems, namespace);
  const isName = herd === undefined || (typeof herd === 'string' && herd !== '');
  problems.check(isName, 'herd', herd, 'must be the name of a herd; leave it out for the default one');
}

export function checkKey(problems: OptionProblems, key: unknown, option = 'key'): void {
  problems.check(key === undefined || typeof key === 'function', option, key, 'must be a function');
}

/** Reports wrong options of `@Cached`. */
export function checkCachedOptions(
  problems: OptionProblems,
  options: NamespaceChoice & CacheOptions & Readonly<{ ttl: Ttl; key?: unknown; condition?: unknown }>,
): void {
  const given = checkShape(problems, options, [...choiceNames, 'ttl', 'key', 'condition', ...cacheOptionNames]);
  checkChoice(problems, given);
  checkTtl(problems, 'ttl', given.ttl);
  checkKey(problems, given.key);
  checkKey(problems, given.condition, 'condition');
  readCacheOptions(problems, given, defaultCacheOptions, 0);
}

/** Reports wrong options of `@CacheEvict`. */
export function checkEvictOptions(problems: OptionProblems, options: NamespaceChoice): void {
  const given = checkShape(problems, options as NamespaceChoice & Readonly<{ key?: unknown; all?: unknown }>, [
    ...choiceNames,
    'key',
    'all',
  ]);
  checkChoice(problems, given);
  checkKey(problems, given.key);
  const { key, all } = given;
  problems.check(all === undefined || all === true, 'all', all, 'must be true; leave it out where there is a key');
  const isOne = (key === undefined) !== (all === undefined);
  problems.check(isOne, 'options', Object.keys(given), 'must have either key or all');
}
