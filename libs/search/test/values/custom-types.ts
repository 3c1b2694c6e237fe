import { Type } from '@mikro-orm/core';

/** An amount that defines its own form. */
export class Price {
  constructor(readonly cents: bigint) {}
  toJSON(): string {
    return `${this.cents / 100n}.${String(this.cents % 100n).padStart(2, '0')}`;
  }
}

export class PriceType extends Type<Price | null, string | null> {
  override convertToDatabaseValue(price: Price | null): string | null {
    return price && String(price.cents);
  }
  override convertToJSValue(cents: string | null): Price | null {
    return cents === null ? null : new Price(BigInt(cents));
  }
  override getColumnType(): string {
    return 'bigint';
  }
}

/** An amount without a form of its own: its database value is all there is. */
export class Weight {
  constructor(readonly grams: bigint) {}
}

export class WeightType extends Type<Weight | null, string | null> {
  override convertToDatabaseValue(weight: Weight | null): string | null {
    return weight && String(weight.grams);
  }
  override convertToJSValue(grams: string | null): Weight | null {
    return grams === null ? null : new Weight(BigInt(grams));
  }
  override getColumnType(): string {
    return 'bigint';
  }
}

/** A type that defines how its values look outside. */
export class MaskedType extends Type<string | null, string | null> {
  override toJSON(value: string | null): string | null {
    return value && `${value.slice(0, 2)}…`;
  }
  override getColumnType(): string {
    return 'text';
  }
}

class JsonKept<V extends object> extends Type<V | null, string | null> {
  constructor(
    private readonly write: (value: V) => unknown,
    private readonly read: (kept: never) => V,
  ) {
    super();
  }
  override convertToDatabaseValue(value: V | null): string | null {
    return value && JSON.stringify(this.write(value));
  }
  override convertToJSValue(kept: unknown): V | null {
    if (kept === null || kept === undefined) return null;
    return this.read((typeof kept === 'string' ? JSON.parse(kept) : kept) as never);
  }
  override getColumnType(): string {
    return 'jsonb';
  }
}

export const setType = () =>
  new JsonKept<Set<string>>(
    (set) => [...set],
    (kept: string[]) => new Set(kept),
  );

export const mapType = () =>
  new JsonKept<Map<string, bigint>>(
    (map) => [...map].map(([key, value]) => [key, String(value)]),
    (kept: [string, string][]) => new Map(kept.map(([key, value]) => [key, BigInt(value)])),
  );
