import type { BucketLimit, RateBucketLimit } from '../contracts/limiter-storage.js';

/** The buckets of one scope: the row of each key, and the shapes that they have. */
export class Scope {
  readonly rowOf = new Map<string, number>();
  lastShape: Shape | undefined;
}

/** What rows of one scope and one list of limits have in common, so that a row needs not hold it. */
export interface Shape {
  readonly id: number;
  readonly scope: Scope;
  /** All of them rates that do not block; `undefined` for rows whose state is kept as an object. */
  readonly limits: readonly RateBucketLimit[] | undefined;
  /** Lists of limits are made at run time too: a shape that no row has any more is forgotten. */
  rows: number;
}

/** Knows each shape by its number. */
export class BucketShapes {
  readonly #shapes: (Shape | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #known = new WeakMap<Scope, Map<readonly BucketLimit[] | undefined, Shape>>();

  get(id: number): Shape {
    return this.#shapes[id]!;
  }

  /** Of limits that are plain. */
  of(scope: Scope, limits: readonly RateBucketLimit[]): Shape {
    if (scope.lastShape?.limits === limits) return scope.lastShape;
    return (scope.lastShape = this.#intern(scope, limits));
  }

  /** {@link BucketShapes.of}, where a row has it. */
  known(scope: Scope, limits: readonly BucketLimit[]): Shape | undefined {
    const { lastShape } = scope;
    if (lastShape?.limits === limits) return lastShape;
    const shape = this.#known.get(scope)?.get(limits);
    if (shape !== undefined) scope.lastShape = shape;
    return shape;
  }

  /** The shape of rows whose state is an object. */
  ofObjects(scope: Scope): Shape {
    return this.#intern(scope, undefined);
  }

  /** A row has it no more. */
  release(shape: Shape): void {
    shape.rows--;
    if (shape.rows > 0) return;
    this.#known.get(shape.scope)?.delete(shape.limits);
    if (shape.scope.lastShape === shape) shape.scope.lastShape = undefined;
    this.#shapes[shape.id] = undefined;
    this.#free.push(shape.id);
  }

  #intern(scope: Scope, limits: readonly RateBucketLimit[] | undefined): Shape {
    let known = this.#known.get(scope);
    if (known === undefined) this.#known.set(scope, (known = new Map<readonly BucketLimit[] | undefined, Shape>()));
    let shape = known.get(limits);
    if (shape === undefined) {
      const id = this.#free.pop() ?? this.#shapes.length;
      known.set(limits, (shape = { id, scope, limits, rows: 0 }));
      this.#shapes[id] = shape;
    }
    return shape;
  }
}
