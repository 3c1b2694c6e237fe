import { InvalidRequestException } from './invalid-request.exception.js';
import { knownNames } from './known-names.js';
import type { ParameterComplaint } from './problem.js';

const MAX_SHOWN = 100;
/** Names that every object has: a copy of an object leaves such members out, so that no rule sees them. */
const INHERITED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

export function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** @param known what the route accepts */
export function unknownName(name: string, known: readonly string[]): ParameterComplaint {
  const accepted = known.length > 0 ? known.join(', ') : 'none';
  return { parameter: cut(name), message: `${cut(name)} is not a parameter of this route; it accepts ${accepted}` };
}

/** @returns complaints of members that are lost as `given` is copied into a `type` */
export function lostNames(given: unknown, type: unknown): ParameterComplaint[] {
  if (typeof given !== 'object' || given === null || typeof type !== 'function') return [];
  const lost = Object.keys(given).filter((name) => INHERITED.has(name));
  return lost.map((name) => unknownName(name, knownNames(type as new () => object)));
}

/** Judges the rest as well, so that all that is wrong is reported at once. */
export async function refuseAlso(lost: readonly ParameterComplaint[], judged: Promise<unknown>): Promise<never> {
  const others = await judged.then(
    () => [],
    (error: unknown) => {
      if (error instanceof InvalidRequestException) return error.complaints;
      throw error;
    },
  );
  const names = new Set(lost.map(({ parameter }) => parameter));
  throw new InvalidRequestException([...lost, ...others.filter(({ parameter }) => !names.has(parameter))]);
}
