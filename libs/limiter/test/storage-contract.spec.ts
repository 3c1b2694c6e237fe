import { memoryStorage } from '@rookery/limiter';
import { ContractViolation, storageContract } from '@rookery/limiter/testing';
import { BROKEN_STORAGES, CompareAndSetStorage } from './broken-storages.js';

describe('storage contract: memory', () => {
  for (const { name, run } of storageContract({ open: (clock) => [memoryStorage({ clock })] })) it(name, run);
});

describe('storage contract: a compare-and-set storage', () => {
  for (const { name, run } of storageContract({ open: (clock) => [new CompareAndSetStorage(clock)] })) it(name, run);
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
