import type { EntityManager } from '@mikro-orm/core';
import type { FieldType } from '../contracts/index-body.js';
import type { PropertyFacts } from '../contracts/type-inference.js';
import type { KeyPart } from './key-parts.js';
import type { IndexedOptions, SearchFieldOptions } from './options.js';
import type { EntityClass } from './recorder.js';

/** One value of a document. */
export interface ValueField {
  readonly kind: 'value';
  readonly name: string;
  readonly options: SearchFieldOptions;
  /** Absent for a getter that the ORM does not map. */
  readonly facts: PropertyFacts | undefined;
  /** Computed in JavaScript or by the database: any change of its entity may change it. */
  readonly computed: boolean;
  /** Type of its field, once it is inferred. */
  readonly type?: FieldType | undefined;
  /** What a custom type of the application makes of a value for the outside; absent where there is none. */
  readonly convert?: ((value: unknown) => unknown) | undefined;
  /** Keys of a JSON value that `@SearchField({ properties })` describes: the others are in no document. */
  readonly keys?: readonly FieldModel[];
  /** Classes whose rows have it, where not all of the index or relation do. */
  readonly of?: readonly EntityClass[];
  /** How it is read where no property holds it. */
  readonly readFrom?: (row: object) => unknown;
}

/** An object of a document: a relation or an embeddable, with what is included of it. */
export interface ObjectField {
  readonly kind: 'object';
  readonly name: string;
  readonly options: SearchFieldOptions;
  readonly fields: readonly FieldModel[];
  /** `undefined` for an embeddable, whose columns are those of its owner. */
  readonly relation: Relation | undefined;
  /** What decides which rows a collection holds, and in which order. */
  readonly selects?: readonly FieldModel[];
  /** The key of the elements of a collection that nothing else gives an order. */
  readonly inKeyOrder?: readonly KeyPart[];
  /** Classes whose rows have it, where not all of the index or relation do. */
  readonly of?: readonly EntityClass[];
  /** Which elements of a collection are embedded; all when absent. */
  readonly filter?: CollectionFilter;
}

/** `@SearchField({ include, where })` of a collection. */
export interface CollectionFilter {
  /** The ORM's conditions of the related rows. */
  readonly where: object;
  /** What it mentions of them: watched, not loaded. */
  readonly watched: readonly FieldModel[];
}

/** Which rows have a document, by `@Indexed`. */
export interface Condition {
  /** The index keeps it: one that was filled by another condition does not fit. */
  readonly label: string;
  /** The ORM's conditions, made anew for each query. */
  readonly where: (() => object) | undefined;
  /** What only code can decide. */
  readonly when: ((entity: object) => unknown) | undefined;
  /** What `where` mentions: watched, not loaded. */
  readonly watched: readonly FieldModel[];
}

export type FieldModel = ValueField | ObjectField;

/** How a relation is stored, as the sync needs it to find documents backwards. */
export interface Relation {
  readonly target: EntityClass;
  /** `inverse`: the key is at the target, in its property `mappedBy`. */
  readonly side: 'owner' | 'inverse';
  readonly mappedBy: string | undefined;
  readonly kind: '1:1' | 'm:1' | '1:m' | 'm:n';
  /** Classes that a polymorphic relation leads to, by the value that distinguishes them. */
  readonly targets?: ReadonlyMap<string, EntityClass>;
  /** No foreign key keeps its rows: some may be gone, and come back. */
  readonly unheld?: boolean;
  /** For the other side of a polymorphic relation: what its `mappedBy` may lead to. */
  readonly mappedByTargets?: ReadonlyMap<string, EntityClass>;
  /** Classes whose rows are read class by class: those of several tables, the deepest first. */
  readonly apart?: readonly EntityClass[];
  /** The entity that stands for a row of a many-to-many relation. */
  readonly pivot?: Pivot;
  /** Relations in the key of its rows: what waits for a row under its old key is not found under the new one. */
  readonly keys?: readonly FieldModel[];
}

/** A pivot entity: its property `owner` leads back to the entity that has the relation, `member` to the other. */
export interface Pivot {
  readonly entity: EntityClass;
  readonly owner: string;
  readonly member: string;
}

/** How the id of a document follows from its row: the primary key, or a unique property, with text around it. */
export interface Identity {
  /** Its name: `slug`, or `order+product` for a composite key. */
  readonly property: string;
  /** The columns that it is made of. */
  readonly parts: readonly KeyPart[];
  readonly prefix: string;
  readonly suffix: string;
}

/** How the shard of a document follows from its row. */
export interface Routing {
  /** The property, or `function`: an index that was filled with another rule is not used. */
  readonly label: string;
  readonly of: (entity: object) => unknown;
}

/** Hooks of `@Indexed`, as they are called. */
export interface Hooks {
  readonly document: ((entity: object, document: Record<string, unknown>) => unknown) | undefined;
  readonly preload: ((entities: readonly object[], em: EntityManager) => unknown) | undefined;
}

/** A tree of classes in one index. */
export interface Tree {
  /** Name of the field that holds the class of a document. */
  readonly discriminator: string;
  /** Classes by the values of that field. */
  readonly classes: ReadonlyMap<string, EntityClass>;
  /** Its classes, the deepest first, where each has a table of its own. */
  readonly apart?: readonly EntityClass[];
}

/** One index of an entity: what its documents hold and where it comes from. */
export interface IndexModel<T extends object = object> {
  readonly entity: EntityClass<T>;
  /** Index name without prefix. */
  readonly name: string;
  readonly options: IndexedOptions;
  /** Its name: `id`, or `order+product` for a composite key. */
  readonly primaryKey: string;
  /** Its properties. */
  readonly primaryKeys: readonly string[];
  /** Set where its rows are of several classes. */
  readonly tree?: Tree;
  readonly identity: Identity;
  readonly routing: Routing | undefined;
  readonly hooks: Hooks;
  /** `undefined`: every row has a document. */
  readonly condition: Condition | undefined;
  /** What documents hold by themselves. */
  readonly fields: readonly FieldModel[];
  /** All that is read to build a document: the fields, and what id, routing and hooks need besides. */
  readonly sources: readonly FieldModel[];
  /** What id and shard go by in other rows: watched, not loaded. */
  readonly keys: readonly FieldModel[];
}
