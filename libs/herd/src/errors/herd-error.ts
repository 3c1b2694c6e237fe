import { inspect } from 'node:util';

/** Stable names of what can go wrong; see each error class. */
export type HerdErrorCode =
  | 'HERD_OPTION'
  | 'HERD_REQUEST'
  | 'HERD_UNREADABLE'
  | 'HERD_NODE'
  | 'HERD_NODE_DOWN'
  | 'HERD_DOUBT'
  | 'HERD_REFUSED'
  | 'HERD_TIMEOUT'
  | 'HERD_OVERLOAD'
  | 'HERD_MANY'
  | 'HERD_NO_NODES'
  | 'HERD_CLOSED'
  | 'HERD_DISCOVERY';

/** The parts of a message: what is wrong, with what value, and what to do about it. */
export type HerdProblem = Readonly<{ what: string; received?: unknown; remedy: string; cause?: unknown }>;

/** The root of all errors of this library; `message` is `what (got received): remedy`, or a text of its own. */
export abstract class HerdError extends Error {
  abstract readonly code: HerdErrorCode;
  /** The value that was refused, where there is one. */
  readonly received: unknown;
  readonly remedy: string;

  constructor(problem: HerdProblem, message: string = messageFor(problem)) {
    super(message, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.name = new.target.name;
    this.received = problem.received;
    this.remedy = problem.remedy;
  }
}

function messageFor(problem: HerdProblem): string {
  const got = 'received' in problem ? ` (got ${shown(problem.received)})` : '';
  return `${problem.what}${got}: ${problem.remedy}`;
}

const longestShown = 100;

/** A value as an error message shows it: on one line, and cut where it is long. */
export function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: longestShown });
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
