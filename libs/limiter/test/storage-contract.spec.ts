import { memoryStorage, withCoalescing, type Clock, type LimiterStorage } from '@rookery/limiter';
import { ContractViolation, storageContract } from '@rookery/limiter/testing';
import { BROKEN_STORAGES, CompareAndSetStorage } from './broken-storages.js';

describe('storage contract: memory', () => {
  for (const { name, run } of storageContract({ open: (clock) => [memoryStorage({ clock })] })) it(name, run);
});

describe('storage contract: a compare-and-set storage', () => {
  for (const { name, run } of storageContract({ open: (clock) => [new CompareAndSetStorage(clock)] })) it(name, run);
});

/** Answers whoever calls for a promise by way of a listener. */
function byListener(storage: LimiterStorage): LimiterStorage {
  return {
    name: storage.name,
    capabilities: storage.capabilities,
    apply: (request) => new Promise((succeed, fail) => storage.applyTo!(request, { succeed, fail })),
    read: (request) => storage.read(request),
    delete: (request) => storage.delete(request),
  };
}

describe.each([
  ['a promise', (storage: LimiterStorage) => storage],
  ['a listener', byListener],
])('storage contract: coalesced calls, answered by %s', (_, answered) => {
  const open = (clock: Clock) => [answered(withCoalescing(new CompareAndSetStorage(clock)))];
  for (const { name, run } of storageContract({ open })) it(name, run);
});

describe('storage contract catches', () => {
  it.each(BROKEN_STORAGES.map(([storage, caught]) => ({ broken: storage.name, storage, caught })))(
    '$broken: $caught',
    async ({ storage: Broken, caught }) => {
      const check = storageContract({ open: (clock) => [new Broken(clock)] }).find(({ name }) => name === caught);
      await expect(check?.run()).rejects.toBeInstanceOf(ContractViolation);
    },
  );

  it('every promise by a storage that breaks it', () => {
    const promises = storageContract({ open: () => [] }).map(({ name }) => name);
    expect(new Set(BROKEN_STORAGES.map(([, caught]) => caught))).toEqual(new Set(promises));
  });
});
