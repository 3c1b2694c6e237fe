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

/** @throws {@link ContractViolation} showing both, unless they are the same JSON. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  expectContract(a === b, `${what}: expected ${b}, got ${a}`);
}

/** @throws {@link ContractViolation} unless `call` rejects with an error of that class. */
export async function expectRejection(
  what: string,
  call: () => Promise<unknown>,
  type: abstract new (...args: never[]) => Error,
): Promise<void> {
  const outcome = await call().then(
    () => 'resolved',
    (error: unknown) => (error instanceof type ? type.name : `rejected with ${String(error)}`),
  );
  expectSame(what, outcome, type.name);
}
