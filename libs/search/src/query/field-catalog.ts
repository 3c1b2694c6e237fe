import type { FieldMapping, FieldType } from '../contracts/index-body.js';
import { SearchQueryError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { FieldModel } from '../metadata/index-model.js';
import { dateTree, type DateTree } from './date-tree.js';
import { floatTree, type FloatTree } from './float-tree.js';
import { FIELD_USES, type FieldUse } from './field-use.js';
import { entityHitsOf } from './hit-class.js';

interface KnownField {
  readonly mapping: FieldMapping;
  /** The property's own type in JavaScript; '' when the ORM does not have it. */
  readonly runtimeType: string;
  /** The nested field that the path goes through. */
  readonly nestedIn: string | undefined;
  readonly open: boolean;
}

/** The fields of one index by path, sub-fields included. */
export class FieldCatalog {
  private readonly fields = new Map<string, KnownField>();
  readonly model: IndexDefinition['model'];
  /** Where documents hold dates. */
  readonly dates: DateTree;
  /** Where they hold fractions. */
  readonly floats: FloatTree;
  /** A hit of the index. */
  readonly EntityHit: ReturnType<typeof entityHitsOf>;

  constructor(private readonly definition: Pick<IndexDefinition, 'alias' | 'body' | 'model'>) {
    const { model, body } = definition;
    this.model = model;
    this.EntityHit = entityHitsOf(model);
    this.dates = dateTree(model.fields, body.mappings.properties);
    this.floats = floatTree(body.mappings.properties);
    this.add(
      [...model.fields, ...Object.keys(model.options.properties ?? {}).map(added)],
      body.mappings.properties,
      '',
      undefined,
    );
  }

  /**
   * @param within the nested field whose elements are queried.
   * @returns the path, once the field is there and can be used so.
   * @throws SearchQueryError with the remedy.
   */
  require(path: string, use: FieldUse, within?: string): string {
    const field = this.fields.get(path) ?? this.find(path);
    if (!field)
      throw new SearchQueryError(
        path,
        `\`${path}\` is no field of ${this.definition.alias}: ${this.choices(path)}`,
        path,
      );
    const rule = FIELD_USES[use];
    if (field.nestedIn !== within && !rule.anywhere)
      throw new SearchQueryError(path, misplaced(path, field.nestedIn, within), path);
    if (!field.open && !rule.accepts(field.mapping.type))
      throw new SearchQueryError(path, this.misuse(path, field, use), path);
    return path;
  }

  /** The nested field that a path goes through, innermost. */
  nestedOf(path: string): string | undefined {
    return this.find(path)?.nestedIn;
  }

  /** Type of a field that {@link require} let pass; `undefined` inside a JSON field. */
  typeOf(path: string): { readonly type: FieldType; readonly runtimeType: string } | undefined {
    const field = this.fields.get(path);
    return field && { type: field.mapping.type, runtimeType: field.runtimeType };
  }

  /** `format` of the mapping of a date, where it has one of its own. */
  formatOf(path: string): string | undefined {
    const format = this.fields.get(path)?.mapping['format'];
    return typeof format === 'string' ? format : undefined;
  }

  private add(
    fields: readonly FieldModel[],
    properties: Readonly<Record<string, FieldMapping>>,
    prefix: string,
    nestedIn: string | undefined,
  ): void {
    for (const field of fields) {
      const mapping = properties[field.name];
      if (!mapping) continue;
      const path = `${prefix}${field.name}`;
      const runtimeType = field.kind === 'value' ? (field.facts?.runtimeType ?? '') : '';
      this.fields.set(path, { mapping, runtimeType, nestedIn, open: false });
      for (const [name, sub] of [...Object.entries(mapping.fields ?? {}), ...shinglesOf(mapping)]) {
        this.fields.set(`${path}.${name}`, { mapping: sub, runtimeType, nestedIn, open: false });
        for (const [made, shingles] of shinglesOf(sub))
          this.fields.set(`${path}.${name}.${made}`, { mapping: shingles, runtimeType, nestedIn, open: false });
      }
      const inner = field.kind === 'object' ? field.fields : field.keys;
      if (inner) {
        this.add(inner, mapping.properties ?? {}, `${path}.`, mapping.type === 'nested' ? path : nestedIn);
      }
    }
  }

  private find(path: string): KnownField | undefined {
    const known = this.fields.get(path);
    if (known) return known;
    const parent = path.includes('.') ? this.find(path.slice(0, path.lastIndexOf('.'))) : undefined;
    const openParent =
      parent && (parent.open || parent.mapping['dynamic'] === true || parent.mapping.type === 'flat_object');
    return openParent ? { ...parent, open: true } : undefined;
  }

  private misuse(path: string, { mapping }: KnownField, use: FieldUse): string {
    const { phrase, accepts, remedy } = FIELD_USES[use];
    if (mapping.type !== 'text' || !accepts('keyword')) return `\`${path}\` is ${mapping.type}; ${remedy}`;
    const exact = Object.entries(mapping.fields ?? {}).find(([, sub]) => accepts(sub.type));
    return exact
      ? `\`${path}\` is text; ${phrase} \`${path}.${exact[0]}\``
      : `\`${path}\` is text; give its property @SearchField({ fields: { raw: { type: 'keyword' } } }), then ${phrase} \`${path}.raw\``;
  }

  private choices(path: string): string {
    const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : '';
    const siblings = [...this.fields.keys()].filter(
      (name) => name.startsWith(parent) && !name.slice(parent.length).includes('.'),
    );
    return siblings.length > 0
      ? `use one of ${siblings.join(', ')}`
      : `use one of ${[...this.fields.keys()].join(', ')}`;
  }
}

/** A field that no property stands for. */
function added(name: string): FieldModel {
  return { kind: 'value', name, options: {}, facts: undefined, computed: true };
}

/** Fields that the engine makes of a `search_as_you_type` by itself. */
function shinglesOf({ type, max_shingle_size: size = 3 }: FieldMapping): [string, FieldMapping][] {
  if (type !== 'search_as_you_type') return [];
  const grams = Array.from({ length: Number(size) - 1 }, (_, at) => `_${at + 2}gram`);
  return [...grams, '_index_prefix'].map((name) => [name, { type: 'text' }]);
}

function misplaced(path: string, nestedIn: string | undefined, within: string | undefined): string {
  if (nestedIn === undefined)
    return `\`${path}\` is outside the nested field \`${within}\`: query it outside of nested('${within}', …)`;
  return `\`${path}\` is inside the nested field \`${nestedIn}\`: use nested('${nestedIn}', …)`;
}
