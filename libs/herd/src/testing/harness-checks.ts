import { checked, checkMs, hasMethod, isObject } from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';
import { checkNode } from '../support/nodes.js';
import type { DriverServer } from './driver-server.js';

const isFunction = (value: unknown): boolean => typeof value === 'function';

const checkFunction = (problems: OptionProblems, option: string, value: unknown, remedy: string): boolean =>
  problems.check(isFunction(value), option, value, `must be a function; ${remedy}`);

/**
 * Checks what is given to a contract suite, so that a wrong harness is not taken for a wrong implementation.
 *
 * @param needed functions that must be there, with what each gives
 * @param rest what may be there, each with its check of a value that is not `undefined`
 * @throws HerdOptionError that lists all that is wrong
 */
export function checkHarness<Harness extends object>(
  harness: Harness,
  needed: Readonly<Partial<Record<keyof Harness & string, string>>>,
  rest: Readonly<
    Partial<Record<keyof Harness & string, (problems: OptionProblems, option: string, value: unknown) => void>>
  >,
): void {
  checked((problems) => {
    const known = [...Object.keys(needed), ...Object.keys(rest)] as (keyof Harness & string)[];
    if (!problems.check(isObject(harness), 'harness', harness, `must be an object with any of ${known.join(', ')}`))
      return;
    problems.checkNames(harness, known, 'harness.');
    for (const [name, remedy] of Object.entries<string | undefined>(needed))
      checkFunction(problems, `harness.${name}`, harness[name as keyof Harness], `it gives ${remedy}`);
    for (const name of known) if (harness[name] !== undefined) rest[name]?.(problems, `harness.${name}`, harness[name]);
  });
}

export const aFunction = (problems: OptionProblems, option: string, value: unknown): boolean =>
  checkFunction(problems, option, value, 'or leave it out');

export const milliseconds = (problems: OptionProblems, option: string, value: unknown): boolean =>
  checkMs(problems, option, value, 'or leave it out');

/** A number from `least` to `most`. */
export const aNumber =
  (least: number, most: number) =>
  (problems: OptionProblems, option: string, value: unknown): boolean =>
    problems.check(
      typeof value === 'number' && value >= least && value <= most,
      option,
      value,
      `must be a number ${most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`}`,
    );

/** @returns `made`. @throws HerdOptionError where it has no method `name`: then it is no `what`. */
export function checkMade<Made>(made: Made, what: string, name: string): Made {
  checked((problems) => problems.check(hasMethod(made, name), 'make()', made, `must be a ${what}, with ${name}()`));
  return made;
}

/** @returns `server`. @throws HerdOptionError for one that cannot be frozen, restarted or found. */
export function checkServer(server: DriverServer): DriverServer {
  checked((problems) => {
    const whole = 'must be { node, nowhere, pause, resume, restart }, a server that the suite may freeze and restart';
    if (!problems.check(isObject(server), 'server()', server, whole)) return;
    for (const name of ['node', 'nowhere'] as const) checkNode(problems, server[name], `server().${name}`);
    for (const name of ['pause', 'resume', 'restart'])
      checkFunction(
        problems,
        `server().${name}`,
        (server as unknown as Record<string, unknown>)[name],
        'the suite freezes and restarts the server',
      );
  });
  return server;
}
