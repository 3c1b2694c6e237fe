import { SearchEngineError } from '../../errors/engine.errors.js';
import { misfit, type AnswerShape } from './answer-shape.js';

interface Answer {
  readonly body: unknown;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** `type` of the error. */
export const UNEXPECTED_ANSWER = 'unexpected_answer';
const REMEDY = 'look at the address, and at a proxy before it';

/** @throws SearchEngineError for an answer that is no engine's: a page of a proxy, a redirection, JSON of something else */
export function assertAnswer(engine: string, call: string, answer: Answer, shape: AnswerShape): void {
  const { body, status } = answer;
  if (typeof body !== 'object' || body === null)
    throw new SearchEngineError(engine, status ?? 0, UNEXPECTED_ANSWER, noEngine(call, answer));
  const at = misfit(body, shape);
  if (at !== undefined) throw unexpectedPart(engine, status ?? 0, call, at);
}

/** @throws SearchEngineError where one of several answers lacks what makes it one */
export function assertPart(engine: string, call: string, body: unknown, shape: AnswerShape): void {
  const at = misfit(body, shape);
  if (at !== undefined) throw unexpectedPart(engine, 200, call, at);
}

/** What came in the place of an engine's answer. */
export function noEngine(call: string, { body, headers }: Answer): string {
  const type = typeof headers['content-type'] === 'string' ? headers['content-type'] : 'no content type';
  const to = typeof headers['location'] === 'string' ? ` to ${headers['location']}` : '';
  const text = (typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 80).replaceAll(/\s+/g, ' ');
  return `${call} was answered${to} with ${type} ('${text}'), not by an engine: ${REMEDY}`;
}

function unexpectedPart(engine: string, status: number, call: string, at: string): SearchEngineError {
  const lacking = at === '' ? 'is no such answer' : `has no such \`${at}\` as an engine gives`;
  return new SearchEngineError(engine, status, UNEXPECTED_ANSWER, `the answer to ${call} ${lacking}: ${REMEDY}`);
}

/** Whether the engine itself reports that a document is not there; a 404 of something else is no answer about documents. */
export function isAbsence(error: unknown, part: 'found' | 'matched'): boolean {
  if (!(error instanceof SearchEngineError) || error.status !== 404) return false;
  const { body } = error.cause as { readonly body?: Readonly<Record<string, unknown>> | null };
  return body?.[part] === false;
}
