import { nearestName } from './nearest-name.js';

/** `requirement`, and the name of `known` that `received` is likely to mean, where there is one. */
export function orNearest(requirement: string, received: unknown, known: readonly string[]): string {
  const nearest = typeof received === 'string' ? nearestName(received, known) : undefined;
  return nearest === undefined ? requirement : `${requirement}: did you mean '${nearest}'?`;
}
