import type { EntityManager, EntityMetadata, EntityProperty, MikroORM } from '@mikro-orm/core';
import { keyOf, keyTextOf, type DocumentKey } from '../document/document-builder.js';
import { populatePlan, type PopulatePlan } from '../document/populate-plan.js';
import { SearchHookError } from '../errors/query.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import { isRelation, isToOneOwner } from '../metadata/orm-property.js';
import { fittingKeys } from './fitting-keys.js';

export type PrimaryKey = DocumentKey;

/** What is needed of the ORM: a source of entity managers, and the metadata. */
export type Orm = Pick<MikroORM, 'em' | 'getMetadata' | 'config'>;

/** The ORM's own types need the entity at compile time; here it is known at run time only. */
export interface Finder {
  find(entity: unknown, where: object, options: object): Promise<object[]>;
  count(entity: unknown, where: object, options: object): Promise<number>;
}

/**
 * How rows are read that decide documents: a replica lags, and a cache is older still. What was read too early would
 * stay in the index for good, as its version is newer than the commit.
 */
export const FROM_PRIMARY = Object.freeze({ connectionType: 'write', cache: false });

/**
 * Reads entities for documents from the primary, each time with a fork of its own: every statement sees what is
 * committed then, and what was read is free to go. Entity filters do not apply. Keys are those of documents.
 */
export class EntityReader {
  private readonly plans = new WeakMap<IndexModel, PopulatePlan>();

  constructor(private readonly orm: Orm) {}

  /**
   * Entities with all that their documents hold: one query, and one more per relation. Missing keys are left out.
   *
   * @param within reads inside the transaction of this entity manager
   * @throws SearchHookError when `preload` throws.
   */
  byKeys(model: IndexModel, keys: readonly DocumentKey[], within?: EntityManager): Promise<object[]> {
    const { property } = model.identity;
    const fitting = fittingKeys(keys, propertiesOf(this.metaOf(model))[property]!.runtimeType);
    return this.load(model, { [property]: { $in: fitting } }, {}, within);
  }

  /** The next `size` entities in key order. @throws SearchHookError when `preload` throws. */
  pageAfter(model: IndexModel, after: DocumentKey | undefined, size: number): Promise<object[]> {
    const where = after === undefined ? {} : { [model.identity.property]: { $gt: after } };
    return this.load(model, where, this.ordered(model, size));
  }

  /** Of these keys, those of rows that are there. */
  async present(model: IndexModel, keys: readonly DocumentKey[]): Promise<DocumentKey[]> {
    const { property } = model.identity;
    const fitting = fittingKeys(keys, propertiesOf(this.metaOf(model))[property]!.runtimeType);
    const rows = await this.fork().find(
      model.entity,
      { [property]: { $in: fitting } },
      { fields: [...new Set([model.primaryKey, property])], filters: false, ...FROM_PRIMARY },
    );
    return rows.map((row) => keyOf(model, row));
  }

  count(model: IndexModel): Promise<number> {
    return this.fork().count(model.entity, {}, { filters: false, ...FROM_PRIMARY });
  }

  /**
   * Keys, in pages and in order, of the documents whose entities reach one of `keys` over `path`: relations, or the
   * primary key.
   *
   * @param within reads inside the transaction of this entity manager
   */
  async *keysReaching(
    model: IndexModel,
    path: readonly string[],
    keys: readonly DocumentKey[],
    size: number,
    within?: EntityManager,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const { property } = model.identity;
    const reaching = path.reduceRight<object>((inner, step) => ({ [step]: inner }), { $in: keys });
    let after: DocumentKey | undefined;
    do {
      const where = after === undefined ? reaching : { $and: [reaching, { [property]: { $gt: after } }] };
      const fields = [...new Set([model.primaryKey, property])];
      const page = await this.fork(within).find(model.entity, where, {
        fields,
        filters: false,
        ...FROM_PRIMARY,
        ...this.ordered(model, size),
      });
      const found = page.map((entity) => keyOf(model, entity));
      if (found.length > 0) yield found;
      after = found.length < size ? undefined : found.at(-1);
    } while (after !== undefined);
  }

  /** The key that a document's id stands for. */
  keyOfId(model: IndexModel, id: string): DocumentKey {
    const text = keyTextOf(model, id);
    return fittingKeys([text], propertiesOf(this.metaOf(model))[model.identity.property]!.runtimeType)[0] ?? text;
  }

  private async load(model: IndexModel, where: object, options: object, within?: EntityManager): Promise<object[]> {
    const { fields, populate } = this.planOf(model);
    const em = this.forked(within);
    const loading = {
      fields: [model.primaryKey, ...fields],
      populate,
      strategy: 'select-in',
      filters: false,
      ...FROM_PRIMARY,
    };
    const entities = await (em as unknown as Finder).find(model.entity, where, { ...loading, ...options });
    const { preload } = model.hooks;
    if (!preload || entities.length === 0) return entities;
    try {
      await this.onPrimary(em, () => preload(entities, em));
    } catch (cause) {
      throw new SearchHookError('preload', model.entity.name, undefined, { cause });
    }
    return entities;
  }

  /** Statements of a hook name no connection: inside a transaction they all go to the primary. */
  private async onPrimary(em: EntityManager, read: () => unknown): Promise<void> {
    const replicas = this.orm.config.get('replicas') as readonly unknown[] | undefined;
    if (!replicas?.length || em.isInTransaction()) return void (await read());
    await em.begin();
    try {
      await read();
    } finally {
      await em.rollback();
    }
  }

  private ordered(model: IndexModel, limit: number): object {
    return { orderBy: { [model.identity.property]: 'asc' }, limit };
  }

  private planOf(model: IndexModel): PopulatePlan {
    const plan = this.plans.get(model) ?? populatePlan(model.sources, (owner) => this.columnsOf(model, owner));
    this.plans.set(model, plan);
    return plan;
  }

  /** Columns of the entity at the end of `owner`, foreign keys among them. */
  private columnsOf(model: IndexModel, owner: readonly string[]): string[] {
    const meta = owner.reduce((current, step) => propertiesOf(current)[step]!.targetMeta!, this.metaOf(model));
    const loadable = Object.values(propertiesOf(meta)).filter(
      (property) => property.persist !== false && !property.embedded,
    );
    const held = loadable.filter((property) => !isRelation(property) || isToOneOwner(property));
    return held.map(({ name }) => name);
  }

  private metaOf(model: IndexModel): EntityMetadata {
    return this.orm.getMetadata().get<object>(model.entity as never) as EntityMetadata;
  }

  private fork(within?: EntityManager): Finder {
    return this.forked(within);
  }

  private forked(within?: EntityManager): EntityManager {
    return withoutCache(within?.fork({ keepTransactionContext: true }) ?? this.orm.em.fork());
  }
}

/** `cache: false` does not reach the queries that load relations, nor those of hooks: a cache for all finds would answer them. */
function withoutCache(em: EntityManager): EntityManager {
  return Object.assign(em, { tryCache: () => Promise.resolve(undefined), storeCache: () => Promise.resolve() });
}

function propertiesOf(meta: EntityMetadata): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}
