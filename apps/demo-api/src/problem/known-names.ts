import { getMetadataStorage } from 'class-validator';

/** The properties of a class that have a rule: all that it accepts. */
export function knownNames(type: abstract new (...args: never[]) => object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))].sort();
}
