import type { FieldMapping } from '../../contracts/index-body.js';
import type { MemoryAnalysis } from './analysis.js';
import type { MemoryField, MemoryFields } from './field.js';
import { refused } from './refusals.js';
import { indexedValue, type Value } from './values.js';
import type { Word } from './words.js';
import { textOf } from './text.js';

/** What searches see of a document, or of one element of a nested field. */
export interface IndexedDocument {
  readonly values: ReadonlyMap<string, readonly Value[]>;
  readonly words: ReadonlyMap<string, readonly Word[]>;
  /** Elements of nested fields by their paths. */
  readonly nested: ReadonlyMap<string, readonly IndexedDocument[]>;
}

/** How far the words of two values of one field are apart. */
const GAP = 100;

/** Reads documents by one mapping. */
export class DocumentReader {
  constructor(
    private readonly fields: MemoryFields,
    private readonly analysis: MemoryAnalysis,
  ) {}

  /** @throws SearchEngineError where a field cannot read its value */
  read(source: object): IndexedDocument {
    const document = new Draft();
    this.object(source, '', document, document);
    return document;
  }

  private object(source: object, prefix: string, document: Draft, root: Draft): void {
    for (const [name, value] of Object.entries(source)) {
      // A name with dots is a path, too.
      this.field(this.fields.get(`${prefix}${name}`), value, document, root);
    }
  }

  private field(field: MemoryField | undefined, value: unknown, document: Draft, root: Draft): void {
    if (!field) return;
    if (Array.isArray(value)) return value.forEach((element) => this.field(field, element, document, root));
    const { path, type, mapping } = field;
    if (type === 'object' || type === 'nested') return this.part(field, value, document, root);
    const given = value ?? mapping['null_value'] ?? undefined;
    if (given === undefined || (typeof given === 'object' && !SCALARS.has(type))) return;
    if (typeof given === 'object')
      throw refused(
        'mapper_parsing_exception',
        `failed to parse field [${path}] of type [${type}]. Preview of field's value: '${JSON.stringify(given)}'`,
      );
    this.everyField(field, given as string | number | boolean, document, root);
  }

  /** The field, its sub-fields and those that it is copied to. */
  private everyField(field: MemoryField, given: string | number | boolean, document: Draft, root: Draft): void {
    const { path, mapping } = field;
    this.scalar(field, given, document);
    for (const name of Object.keys(mapping.fields ?? {}))
      this.scalar(this.fields.get(`${path}.${name}`)!, given, document);
    for (const target of [mapping['copy_to'] ?? []].flat() as string[]) {
      const copy = this.fields.get(target);
      if (copy) this.field(copy, given, copy.nested === field.nested ? document : root, root);
    }
  }

  private part({ path, type }: MemoryField, value: unknown, document: Draft, root: Draft): void {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object')
      throw refused(
        'mapper_parsing_exception',
        `object mapping for [${path}] tried to parse field [${path}] as object, but found a concrete value`,
      );
    const into = type === 'nested' ? document.element(path) : document;
    this.object(value, `${path}.`, into, root);
  }

  private scalar(field: MemoryField, given: string | number | boolean, document: Draft): void {
    if (!SCALARS.has(field.type)) return;
    const value = indexedValue(field, given);
    if (value === undefined) return;
    if (field.type === 'text')
      return document.addWords(field.path, this.analysis.analyzer(analyzerName(field.mapping))(String(value)));
    const normalizer = field.type === 'keyword' ? field.mapping['normalizer'] : undefined;
    const normal = normalizer === undefined ? value : this.analysis.normalizer(textOf(normalizer))(String(value));
    document.addValue(field.path, normal);
  }
}

const SCALARS: ReadonlySet<string> = new Set([
  ...['text', 'keyword', 'boolean', 'date', 'integer', 'long', 'short', 'byte', 'float', 'double'],
]);

export function analyzerName(mapping: FieldMapping): string {
  return textOf(mapping['analyzer'] ?? 'default');
}

class Draft implements IndexedDocument {
  readonly values = new Map<string, Value[]>();
  readonly words = new Map<string, Word[]>();
  readonly nested = new Map<string, Draft[]>();

  addValue(path: string, value: Value): void {
    const values = this.values.get(path);
    // A string counts once in a document, a number as often as it is there.
    if (values && typeof value === 'string' && values.includes(value)) return;
    if (values) values.push(value);
    else this.values.set(path, [value]);
  }

  addWords(path: string, texts: readonly string[]): void {
    const words = this.words.get(path) ?? [];
    const last = words.at(-1);
    const start = last ? last.position + GAP + 1 : 0;
    words.push(...texts.map((text, at) => ({ text, position: start + at })));
    this.words.set(path, words);
  }

  element(path: string): Draft {
    const draft = new Draft();
    const elements = this.nested.get(path);
    if (elements) elements.push(draft);
    else this.nested.set(path, [draft]);
    return draft;
  }
}
