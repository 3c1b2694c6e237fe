import type { EntityManager } from '@mikro-orm/core';
import { keyOf, type DocumentKey } from '../document/document-builder.js';
import { planOfClass, populatePlan, type PopulatePlan } from '../document/populate-plan.js';
import { columnsOfSameRows } from '../document/same-rows.js';
import { UnreadableRow } from '../document/unreadable-row.js';
import { SearchHookError } from '../errors/query.errors.js';
import type { FieldModel, IndexModel } from '../metadata/index-model.js';
import { isRelation, isToOneOwner, propertiesOf } from '../metadata/orm-property.js';
import type { EntityClass } from '../metadata/recorder.js';
import { copyOfWhere } from '../metadata/where-values.js';
import { readBranches } from './branches.js';
import { withKeys } from './key-conditions.js';
import { forkOf, FROM_PRIMARY, keyFields, metaOf, type Finder, type Orm } from './reading.js';

/** Loads rows with all that their documents hold: one query, and one more per relation. */
export class RowLoader {
  private readonly plans = new WeakMap<IndexModel, PopulatePlan>();
  private readonly loaded = new WeakMap<IndexModel, readonly FieldModel[]>();

  constructor(private readonly orm: Orm) {}

  async load(model: IndexModel, where: object, options: object, within?: EntityManager): Promise<object[]> {
    const em = forkOf(this.orm, within);
    const entities = model.tree?.apart
      ? await this.loadApart(model, model.tree.apart, { where, options, within, em })
      : await this.loadOfClass(em, model.entity, where, this.planOf(model), options);
    const { preload } = model.hooks;
    if (!preload || entities.length === 0) return entities;
    try {
      await this.onPrimary(em, () => preload(entities, em));
    } catch (cause) {
      throw new SearchHookError('preload', model.entity.name, undefined, { cause });
    }
    return entities;
  }

  private async loadOfClass(
    em: EntityManager,
    entity: EntityClass,
    where: object,
    { fields, populate, where: elements, branches }: PopulatePlan,
    options: object = {},
  ): Promise<object[]> {
    const meta = metaOf(this.orm, entity);
    const loading = {
      fields: [...new Set([...meta.primaryKeys, ...fields])],
      populate,
      ...(Object.keys(elements).length > 0 ? { populateWhere: copyOfWhere(elements) } : {}),
      strategy: 'select-in',
      filters: false,
      ...FROM_PRIMARY,
    };
    const rows = await (em as unknown as Finder).find(entity, where, { ...loading, ...options });
    await readBranches(rows, branches, (of, which, plan) => this.loadOfClass(em, of, which, plan));
    return rows;
  }

  /** The base class gives which rows and in which order; each class gives what they hold. */
  private async loadApart(
    model: IndexModel,
    classes: readonly EntityClass[],
    {
      where,
      options,
      within,
      em,
    }: { where: object; options: object; within: EntityManager | undefined; em: EntityManager },
  ): Promise<object[]> {
    const fields = keyFields(model);
    const bases = await this.fork(within).find(model.entity, where, {
      fields,
      filters: false,
      ...FROM_PRIMARY,
      ...options,
    });
    const keys = bases.map((row) => keyOf(model, row));
    const found = new Map<string, object>();
    for (const entity of classes) {
      const missing = keys.filter((key) => !found.has(String(key)));
      if (missing.length === 0) break;
      const plan = planOfClass(this.loadedOf(model), entity, (...given) => this.columnsOf(...given));
      for (const row of await this.loadOfClass(em, entity, withKeys(model.identity.parts, missing), plan))
        found.set(String(keyOf(model, row)), row);
    }
    const missing = keys.filter((key) => !found.has(String(key)));
    const there = missing.length > 0 ? await this.keysThere(model, missing, within) : [];
    return keys.flatMap((key) => {
      const row = found.get(String(key));
      if (row) return [row];
      // It went, or became another, between the two queries.
      if (!there.includes(String(key))) return [];
      const reason = `no table of ${classes.map(({ name }) => name).join(', ')} has its row`;
      return [new UnreadableRow(key, new Error(reason))];
    });
  }

  private async keysThere(
    model: IndexModel,
    keys: readonly DocumentKey[],
    within: EntityManager | undefined,
  ): Promise<string[]> {
    const options = { fields: keyFields(model), filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(model.entity, withKeys(model.identity.parts, keys), options);
    return rows.map((row) => String(keyOf(model, row)));
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
  private planOf(model: IndexModel): PopulatePlan {
    const plan =
      this.plans.get(model) ?? populatePlan(this.loadedOf(model), model.entity, (...given) => this.columnsOf(...given));
    this.plans.set(model, plan);
    return plan;
  }

  private loadedOf(model: IndexModel): readonly FieldModel[] {
    const holdsBelow = (entity: EntityClass): boolean => {
      const meta = metaOf(this.orm, entity);
      const isApart = model.tree?.apart !== undefined && entity === model.entity;
      return isApart || (meta.root === meta && meta.discriminatorColumn !== undefined);
    };
    const loaded = this.loaded.get(model) ?? columnsOfSameRows(model.sources, model.entity, holdsBelow);
    this.loaded.set(model, loaded);
    return loaded;
  }

  /** Columns of the entity at the end of `owner`, foreign keys among them. */
  private columnsOf(root: EntityClass, owner: readonly string[]): string[] {
    const first = metaOf(this.orm, root);
    const meta = owner.reduce((current, step) => propertiesOf(current)[step]!.targetMeta!, first);
    const loadable = Object.values(propertiesOf(meta)).filter(
      (property) => property.persist !== false && !property.embedded,
    );
    const held = loadable.filter((property) => !isRelation(property) || isToOneOwner(property));
    return held.map(({ name }) => name);
  }
  private fork(within?: EntityManager): Finder {
    return forkOf(this.orm, within);
  }
}
