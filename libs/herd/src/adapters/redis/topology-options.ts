import type { Address } from './cluster/slot-view.js';
import { parseAddress } from '../../support/address.js';
import { isObject } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';

/** What all servers have in common: nothing that a function, or a promise, would give. */
export const sharedConnection = (given: unknown): Readonly<{ db?: unknown; path?: unknown }> =>
  isObject(given) ? given : {};

/** Reads a list of `host:port`; what is none is reported. */
export function readAddresses(problems: OptionProblems, option: string, given: unknown): readonly Address[] {
  const isList = Array.isArray(given) && given.length > 0;
  problems.check(isList, option, given, `must be a list of 'host:port', with one at least`);
  return (isList ? given : []).flatMap((text: unknown, i) => {
    const address = typeof text === 'string' ? parseAddress(text) : undefined;
    const isRight = address !== undefined && address.port >= 1 && address.port <= 65535;
    problems.check(isRight, `${option}[${i}]`, text, `must be 'host:port', such as '10.0.0.1:6379'`);
    return isRight ? [address] : [];
  });
}
