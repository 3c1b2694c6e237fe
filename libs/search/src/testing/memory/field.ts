import type { FieldMapping, FieldType, IndexMappings } from '../../contracts/index-body.js';
import { assertClaimed, refused, unclaimed } from './refusals.js';

/** One field by its whole path. */
export interface MemoryField {
  readonly path: string;
  readonly type: FieldType;
  readonly mapping: FieldMapping;
  /** The nested field that it is in, the innermost of them. */
  readonly nested: string | undefined;
}

export const WHOLE_NUMBERS: readonly FieldType[] = ['integer', 'long', 'short', 'byte'];
export const NUMBERS: readonly FieldType[] = [...WHOLE_NUMBERS, 'float', 'double'];
const SEARCHED: readonly FieldType[] = [...NUMBERS, 'text', 'keyword', 'boolean', 'date'];

/** Parameters that only scores, speed or space follow, beside those that are carried out. */
const PARAMETERS = [
  ...['type', 'properties', 'fields', 'dynamic', 'enabled', 'analyzer', 'search_analyzer', 'normalizer'],
  ...['ignore_above', 'null_value', 'copy_to', 'doc_values', 'index', 'coerce', 'ignore_malformed', 'format', 'meta'],
  ...['boost', 'norms', 'index_options', 'similarity', 'term_vector', 'eager_global_ordinals', 'store'],
];

/** The fields of a mapping. What the engine cannot carry out is refused here, when the mapping comes. */
export class MemoryFields {
  private readonly byPath = new Map<string, MemoryField>();

  /** @throws SearchUnclaimedError */
  constructor(mappings: Pick<IndexMappings, 'properties'>) {
    this.add(mappings.properties, '', undefined);
  }

  get(path: string): MemoryField | undefined {
    return this.byPath.get(path);
  }

  /** The paths at or below `path`. */
  below(path: string): readonly string[] {
    return [...this.byPath.keys()].filter((name) => name === path || name.startsWith(`${path}.`));
  }

  /**
   * A field to search in; `undefined` where there is none, which matches nothing.
   *
   * @throws SearchUnclaimedError where its values are kept and not searched
   */
  searched(path: string): MemoryField | undefined {
    const field = this.get(path);
    if (!field) return undefined;
    if (!SEARCHED.includes(field.type)) throw unclaimed(`a search in \`${path}\`, which is ${field.type},`);
    if (field.mapping['index'] === false)
      throw refused('query_shard_exception', `Cannot search on field [${path}] since it is not indexed.`);
    return field;
  }

  /** A field to sort by or to group by. @throws SearchUnclaimedError, SearchEngineError for text */
  valued(path: string): MemoryField | undefined {
    const field = this.get(path);
    if (!field) return undefined;
    if (field.type === 'text')
      throw refused(
        'illegal_argument_exception',
        `Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead of [${path}]`,
      );
    if (!SEARCHED.includes(field.type)) throw unclaimed(`values of \`${path}\`, which is ${field.type},`);
    if (field.mapping['doc_values'] === false)
      throw refused('illegal_argument_exception', `Can't load fielddata on [${path}] because fielddata is unsupported`);
    return field;
  }

  private add(properties: IndexMappings['properties'], prefix: string, nested: string | undefined): void {
    for (const [name, mapping] of Object.entries(properties)) {
      const path = `${prefix}${name}`;
      // A field of properties alone is an object.
      const type = (mapping.type as FieldType | undefined) ?? 'object';
      if (SEARCHED.includes(type) || type === 'object' || type === 'nested')
        assertClaimed(`the field \`${path}\``, mapping, PARAMETERS);
      if (mapping['enabled'] === false) continue;
      this.byPath.set(path, { path, type, mapping, nested });
      this.add(mapping.properties ?? {}, `${path}.`, type === 'nested' ? path : nested);
      this.add(mapping.fields ?? {}, `${path}.`, nested);
    }
  }
}
