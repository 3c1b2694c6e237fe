import type { EntityManager, EntityMetadata, EntityProperty, MikroORM } from '@mikro-orm/core';
import { populatePlan, type PopulatePlan } from '../document/populate-plan.js';
import type { IndexModel } from '../metadata/index-model.js';
import { isRelation } from '../metadata/orm-property.js';

export type PrimaryKey = string | number | bigint;

/** What is needed of the ORM: a source of entity managers, and the metadata. */
export type Orm = Pick<MikroORM, 'em' | 'getMetadata'>;

/** The ORM's own types need the entity at compile time; here it is known at run time only. */
export interface Finder {
  find(entity: unknown, where: object, options: object): Promise<object[]>;
  count(entity: unknown, where: object, options: object): Promise<number>;
}

/**
 * Reads entities for documents, each time with a fork of its own: every statement sees what is committed then, and
 * what was read is free to go. Entity filters do not apply.
 */
export class EntityReader {
  private readonly plans = new WeakMap<IndexModel, PopulatePlan>();

  constructor(private readonly orm: Orm) {}

  /** Entities with all that their documents hold: one query, and one more per relation. Missing keys are left out. */
  byKeys(model: IndexModel, keys: readonly PrimaryKey[]): Promise<object[]> {
    return this.fork().find(model.entity, { [model.primaryKey]: { $in: keys } }, this.loading(model));
  }

  /** The next `size` entities in key order. */
  pageAfter(model: IndexModel, after: PrimaryKey | undefined, size: number): Promise<object[]> {
    const where = after === undefined ? {} : { [model.primaryKey]: { $gt: after } };
    return this.fork().find(model.entity, where, { ...this.loading(model), ...this.ordered(model, size) });
  }

  count(model: IndexModel): Promise<number> {
    return this.fork().count(model.entity, {}, { filters: false });
  }

  /**
   * Keys, in pages and in order, of the entities that reach one of `keys` over the relations of `path`.
   *
   * @param within reads inside the transaction of this entity manager
   */
  async *keysReaching(
    model: IndexModel,
    path: readonly string[],
    keys: readonly PrimaryKey[],
    size: number,
    within?: EntityManager,
  ): AsyncGenerator<readonly PrimaryKey[]> {
    const reaching = path.reduceRight<object>((inner, step) => ({ [step]: inner }), { $in: keys });
    let after: PrimaryKey | undefined;
    do {
      const where = after === undefined ? reaching : { $and: [reaching, { [model.primaryKey]: { $gt: after } }] };
      const page = await this.fork(within).find(model.entity, where, { fields: [model.primaryKey], filters: false, ...this.ordered(model, size) });
      const found = page.map((entity) => keyOf(model, entity));
      if (found.length > 0) yield found;
      after = found.length < size ? undefined : found.at(-1);
    } while (after !== undefined);
  }

  /** The key that a document's id stands for. */
  keyOfId(model: IndexModel, id: string): PrimaryKey {
    const meta = this.orm.getMetadata().get<object>(model.entity as never) as EntityMetadata;
    return propertiesOf(meta)[model.primaryKey]?.runtimeType === 'number' ? Number(id) : id;
  }

  private loading(model: IndexModel): object {
    const { fields, populate } = this.planOf(model);
    return { fields: [model.primaryKey, ...fields], populate, strategy: 'select-in', filters: false };
  }

  private ordered(model: IndexModel, limit: number): object {
    return { orderBy: { [model.primaryKey]: 'asc' }, limit };
  }

  private planOf(model: IndexModel): PopulatePlan {
    const plan = this.plans.get(model) ?? populatePlan(model.fields, (owner) => this.columnsOf(model, owner));
    this.plans.set(model, plan);
    return plan;
  }

  private columnsOf(model: IndexModel, owner: readonly string[]): string[] {
    const meta = owner.reduce((current, step) => propertiesOf(current)[step]!.targetMeta!, this.orm.getMetadata().get<object>(model.entity as never) as EntityMetadata);
    const loadable = Object.values(propertiesOf(meta)).filter((property) => property.persist !== false && !property.embedded);
    return loadable.filter((property) => !isRelation(property)).map(({ name }) => name);
  }

  private fork(within?: EntityManager): Finder {
    const em = within?.fork({ keepTransactionContext: true }) ?? this.orm.em.fork();
    return em;
  }
}

export function keyOf(model: IndexModel, entity: object): PrimaryKey {
  return (entity as Record<string, PrimaryKey>)[model.primaryKey]!;
}

function propertiesOf(meta: EntityMetadata): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}
