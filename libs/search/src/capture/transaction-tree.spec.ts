import type { IndexDefinition } from '../mapping/index-definition.js';
import { TransactionTree } from './transaction-tree.js';
import type { Touch } from './touch.js';

describe('touches of open transactions', () => {
  const touch = (key: number): Touch => ({ definition: { alias: 'a' } as IndexDefinition, path: [], key });
  const keys = (touches: Iterable<Touch> | undefined): unknown[] => [...(touches ?? [])].map(({ key }) => key);
  const em = {};

  function withSavepoint(): { tree: TransactionTree; outer: object; inner: object } {
    const [tree, outer, inner] = [new TransactionTree(), {}, {}];
    tree.starting(em, undefined);
    tree.started(em, outer);
    tree.starting(em, outer);
    tree.started(em, inner);
    return { tree, outer, inner };
  }

  it('come out once, when the transaction is committed', () => {
    const { tree, outer } = withSavepoint();
    tree.add(outer, [touch(1), touch(1), touch(2)]);
    expect(keys(tree.commit(outer))).toEqual([1, 2]);
    expect(tree.commit(outer)).toBeUndefined();
  });

  it('go with a rollback', () => {
    const { tree, outer } = withSavepoint();
    tree.add(outer, [touch(1)]);
    tree.rollback(outer);
    expect(tree.commit(outer)).toBeUndefined();
  });

  it('of a released savepoint wait for the transaction around it', () => {
    const { tree, outer, inner } = withSavepoint();
    tree.add(inner, [touch(1)]);
    expect(tree.commit(inner)).toBeUndefined();
    expect(keys(tree.commit(outer))).toEqual([1]);
  });

  it('of a savepoint whose release is not reported come with the transaction around it', () => {
    const { tree, outer, inner } = withSavepoint();
    tree.add(outer, [touch(1)]);
    tree.add(inner, [touch(2)]);
    expect(tree.waiting(outer)).toBe(2);
    expect(keys(tree.commit(outer))).toEqual([1, 2]);
    expect(tree.waiting(outer)).toBe(0);
  });

  it('of a savepoint in one that is rolled back are gone with it', () => {
    const { tree, outer, inner } = withSavepoint();
    const innermost = {};
    tree.starting(em, inner);
    tree.started(em, innermost);
    tree.add(innermost, [touch(3)]);
    expect(tree.outermost(innermost)).toBe(outer);
    tree.rollback(inner);
    expect(tree.commit(outer)).toBeUndefined();
  });

  it('of a savepoint rolled back are gone, those around it stay', () => {
    const { tree, outer, inner } = withSavepoint();
    tree.add(outer, [touch(1)]);
    tree.add(inner, [touch(2)]);
    tree.rollback(inner);
    expect(keys(tree.commit(outer))).toEqual([1]);
  });

  it('of a nested transaction that only knows its parent go to the outermost one', () => {
    const { tree, outer } = withSavepoint();
    tree.add({ parentTransaction: { parentTransaction: outer } }, [touch(1)]);
    expect(keys(tree.commit(outer))).toEqual([1]);
  });
});
