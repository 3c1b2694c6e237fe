import { SearchEngineError } from '../../errors/engine.errors.js';

interface Answer {
  readonly body: unknown;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** @throws SearchEngineError for what no engine says: a page of a proxy, a redirection, an empty body */
export function assertAnswer(engine: string, call: string, { body, status, headers }: Answer): void {
  if (typeof body === 'boolean' || (typeof body === 'object' && body !== null)) return;
  const type = typeof headers['content-type'] === 'string' ? headers['content-type'] : 'no content type';
  const to = typeof headers['location'] === 'string' ? ` to ${headers['location']}` : '';
  const text = typeof body === 'string' ? body.slice(0, 80).replaceAll(/\s+/g, ' ') : '';
  throw new SearchEngineError(
    engine,
    status ?? 0,
    'unexpected_answer',
    `${call} was answered${to} with ${type} ('${text}'), not with JSON of an engine: look at the address, and at a proxy before it`,
  );
}

/** @throws SearchEngineError where an answer lacks the part that makes it one */
export function assertPart(engine: string, call: string, body: unknown, part: string): void {
  const value = (body as Readonly<Record<string, unknown>> | null)?.[part];
  if (value !== undefined && value !== null) return;
  throw new SearchEngineError(
    engine,
    200,
    'unexpected_answer',
    `the answer to ${call} has no \`${part}\`: look at the address, and at a proxy before it`,
  );
}
