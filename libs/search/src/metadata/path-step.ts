/**
 * A step over a polymorphic relation names the class that it leads to, by the value that distinguishes the classes:
 * `target(post)`. Every other step is the name of its property.
 */
export interface PathStep {
  readonly property: string;
  /** Set for a polymorphic relation. */
  readonly target: string | undefined;
}

export function stepTo(property: string, target: string): string {
  return `${property}(${target})`;
}

export function readStep(step: string): PathStep {
  const at = step.indexOf('(');
  if (at < 0 || !step.endsWith(')')) return { property: step, target: undefined };
  return { property: step.slice(0, at), target: step.slice(at + 1, -1) };
}
