import fc from 'fast-check';

export const OPERATIONS = [
  'create',
  'create',
  'change',
  'change',
  'move',
  'move',
  'link',
  'unlink',
  'delete',
  'upsert',
  'nativeUpdate',
  'nativeDelete',
  'embed',
  'set',
  'insertNative',
  'rekey',
  'moveNative',
  'restore',
] as const;

/** One change. Its numbers choose among what is there when it comes. */
export interface Change {
  readonly operation: (typeof OPERATIONS)[number];
  readonly entity: number;
  readonly row: number;
  readonly field: number;
  readonly value: number;
  readonly flush: boolean;
}

export interface Transaction {
  readonly changes: readonly (Change | Transaction)[];
  readonly rollback: boolean;
  /** Whether the index is waited for before the next one: else changes of several are read at once. */
  readonly settle?: boolean;
}

const change: fc.Arbitrary<Change> = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  entity: fc.nat(5),
  row: fc.nat(7),
  field: fc.nat(9),
  value: fc.nat(9),
  flush: fc.boolean(),
});
const rollback = fc.nat(4).map((n) => n === 1);
const savepoint: fc.Arbitrary<Transaction> = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  rollback: fc.nat(2).map((n) => n === 1),
});
const transaction: fc.Arbitrary<Transaction> = fc.record({
  changes: fc.array(fc.oneof({ weight: 6, arbitrary: change }, { weight: 1, arbitrary: savepoint }), {
    minLength: 1,
    maxLength: 6,
  }),
  rollback,
  settle: fc.boolean(),
});

export const scripts: fc.Arbitrary<readonly Transaction[]> = fc.array(transaction, { minLength: 1, maxLength: 8 });
