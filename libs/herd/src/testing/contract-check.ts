import { isDeepStrictEqual } from 'node:util';

/** One promise of a contract: `run` rejects, saying what was broken. Give each to your test runner, as in `it(name, run)`. */
export type ContractCheck = Readonly<{ name: string; run: () => Promise<void> }>;

/** What a check throws when the implementation breaks the contract. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
}

/** @throws {@link ContractViolation} with `message` unless `kept`. */
export function expectContract(kept: boolean, message: string): asserts kept {
  if (!kept) throw new ContractViolation(message);
}

/** @throws ContractViolation unless both are equal in all their parts. */
export function same(found: unknown, expected: unknown, what: string): void {
  expectContract(
    isDeepStrictEqual(found, expected),
    `${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`,
  );
}
