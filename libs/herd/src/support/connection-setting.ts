import type { ConnectionSetting } from '../contracts/connection.js';
import type { Node } from '../contracts/node.js';
import { HerdOptionError } from '../errors/option-error.js';
import { settingFailed } from './connection-remedy.js';
import { problemOf } from './message-of.js';
import { checked, hasMethod, isObject } from './option-checks.js';
import type { OptionProblems } from './option-problems.js';

/** Gives what the next connection is to be made with. */
export type NextConnection<Connection> = () => Connection | Promise<Connection>;

/**
 * Checks an object now, and what a function gives when the node joins, and anew for each later connection.
 *
 * @param check reports what is wrong, and returns what is to be used.
 * @returns what is to be called as a node joins. @throws HerdOptionError where it gives a wrong object at once.
 */
export function connectionSetting<Connection extends object>(
  problems: OptionProblems,
  given: ConnectionSetting<Connection>,
  check: (problems: OptionProblems, given: Connection) => Connection,
): (node: Node) => NextConnection<Connection> {
  const checkedNow = (connection: Connection): Connection => checked((found) => check(found, connection));
  const checkedThen = (connection: Connection | Promise<Connection>): Connection | Promise<Connection> =>
    isPromise(connection) ? connection.then(checkedNow) : checkedNow(connection);
  if (typeof given === 'function') {
    return (node) => {
      let first: Connection | Promise<Connection> | undefined = handled(checkedThen(given(node)));
      return named(() => {
        const connection = first ?? checkedThen(given(node));
        first = undefined;
        return connection;
      });
    };
  }
  if (isPromise(given)) {
    const promise = handled(checkedThen(given));
    return () => named(() => promise);
  }
  const connection = check(problems, given);
  return () => () => connection;
}

const isPromise = <T extends object>(value: T | Promise<T>): value is Promise<T> =>
  isObject(value) && hasMethod(value, 'then');

/** What fails of the caller's own is told from what fails on the way to a server. */
function named<Connection extends object>(next: NextConnection<Connection>): NextConnection<Connection> {
  const rename = (cause: unknown): never => {
    if (cause instanceof HerdOptionError) throw cause;
    throw Object.assign(new Error(problemOf(cause), { cause }), { code: settingFailed });
  };
  return () => {
    try {
      const connection = next();
      return isPromise(connection) ? connection.catch(rename) : connection;
    } catch (cause) {
      return rename(cause);
    }
  };
}

/** A rejection is reported to who waits for it, and to nobody else. */
function handled<T extends object>(value: T | Promise<T>): T | Promise<T> {
  if (isPromise(value)) value.catch(() => undefined);
  return value;
}
