import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import { BucketShapes, Scope } from './bucket-shapes.js';

const list = (): readonly RateBucketLimit[] => [{ drainPerTick: 1, unitsPerToken: 1, capacity: 1, tickMicros: 1 }];

describe('shapes of buckets', () => {
  it('are one for each scope and list, and known where a row has them', () => {
    const [shapes, scope, other, first, second] = [new BucketShapes(), new Scope(), new Scope(), list(), list()];
    expect(shapes.known(scope, first)).toBeUndefined();
    const shape = shapes.of(scope, first);
    expect(shape).toEqual({ id: 0, scope, limits: first, rows: 0 });
    expect(shapes.of(scope, second).id).toBe(1);
    expect(shapes.of(other, first).id).toBe(2);
    expect(shapes.ofObjects(scope)).toEqual({ id: 3, scope, limits: undefined, rows: 0 });
    expect(shapes.ofObjects(scope).id).toBe(3);
    expect([shapes.of(scope, first), shapes.known(scope, first), shapes.get(0)]).toEqual([shape, shape, shape]);
    expect(shapes.known(scope, second)!.id).toBe(1);
    expect(shapes.known(other, second)).toBeUndefined();
  });

  it('are forgotten with their last row, and make room for others', () => {
    const [shapes, scope, first, second] = [new BucketShapes(), new Scope(), list(), list()];
    const shape = shapes.of(scope, first);
    const kept = shapes.of(scope, second);
    shape.rows = 2;
    kept.rows = 1;
    shapes.release(shape);
    expect([shapes.of(scope, first), shapes.get(0)]).toEqual([shape, shape]);
    shapes.release(shape);
    expect(shapes.get(0)).toBeUndefined();
    expect(scope.lastShape).toBeUndefined();
    expect(shapes.known(scope, first)).toBeUndefined();
    expect(shapes.of(scope, list()).id).toBe(0);
    expect(shapes.of(scope, first).id).toBe(2);
    expect(shapes.of(scope, second)).toBe(kept);
    // What came last stays so where another is forgotten.
    shapes.release(shapes.of(scope, first));
    const last = shapes.of(scope, second);
    shapes.release({ ...shapes.get(0), rows: 1 });
    expect(scope.lastShape).toBe(last);
  });
});
