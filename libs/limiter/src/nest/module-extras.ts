import { isObject } from '../support/is-object.js';
import { OptionProblems } from '../support/option-problems.js';

const SOURCES = ['useFactory', 'useClass', 'useExisting'] as const;
const ASYNC_NAMES = ['name', 'isGlobal', 'imports', 'inject', 'provideInjectionTokensFrom', ...SOURCES];

type Given = Readonly<Record<string, unknown>>;

/** Checks `name` and `isGlobal`, which the module needs before it has its other options. @throws {@link LimiterOptionError} */
export function checkModuleExtras(options: object): void {
  const problems = new OptionProblems();
  if (
    problems.check(isObject(options), 'LimiterModule options', options, 'must be an object with storage and policies')
  )
    checkExtras(options as Given, '', problems);
  problems.throwIfAny();
}

/** Checks the options of `forRootAsync`. @throws {@link LimiterOptionError} */
export function checkAsyncOptions(options: object): void {
  const path = 'forRootAsync.';
  const problems = new OptionProblems();
  if (
    problems.check(
      isObject(options),
      'forRootAsync',
      options,
      'must be an object such as { useFactory: () => options }',
    )
  ) {
    const given = options as Given;
    problems.checkNames(given, ASYNC_NAMES, path);
    checkExtras(given, path, problems);
    checkSources(given, path, problems);
  }
  problems.throwIfAny();
}

function checkExtras({ name, isGlobal }: Given, path: string, problems: OptionProblems): void {
  const named = name === undefined || (typeof name === 'string' && name !== '');
  problems.check(named, `${path}name`, name, 'must be a text that is not empty; leave it out for the default limiter');
  const global = isGlobal === undefined || typeof isGlobal === 'boolean';
  problems.check(global, `${path}isGlobal`, isGlobal, 'must be true or false');
}

function checkSources(given: Given, path: string, problems: OptionProblems): void {
  const found = SOURCES.filter((source) => given[source] !== undefined);
  problems.check(found.length === 1, 'forRootAsync', found, `must have exactly one of ${SOURCES.join(', ')}`);
  for (const name of ['useFactory', 'useClass'] as const)
    problems.check(
      given[name] === undefined || typeof given[name] === 'function',
      `${path}${name}`,
      given[name],
      'must be a function or a class',
    );
  for (const name of ['imports', 'inject', 'provideInjectionTokensFrom'])
    problems.check(
      given[name] === undefined || Array.isArray(given[name]),
      `${path}${name}`,
      given[name],
      'must be a list',
    );
  const { inject, useFactory } = given;
  const injecting = inject === undefined || useFactory !== undefined;
  problems.check(injecting, `${path}inject`, inject, 'must stand beside useFactory, which receives it');
}
