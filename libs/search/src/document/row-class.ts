import { SearchDocumentError } from '../errors/query.errors.js';
import type { IndexModel } from '../metadata/index-model.js';
import { documentIdOf, keyOf } from './document-builder.js';

/** @throws SearchDocumentError for a row whose discriminator is of no class that the index holds */
export function assertClassKnown(model: IndexModel, row: object): void {
  const { tree } = model;
  if (!tree) return;
  const value = discriminatorOf(row);
  if (value !== undefined && tree.classes.has(value)) return;
  const id = documentIdOf(model, keyOf(model, row));
  const remedy = `must be one of ${[...tree.classes.keys()].join(', ')}: correct the row, or add the class to the ORM's \`entities\``;
  throw new SearchDocumentError(id, tree.discriminator, value, remedy);
}

/** What the ORM keeps at each entity. */
interface Managed {
  readonly __meta: {
    readonly discriminatorValue?: number | string;
    readonly root: { readonly discriminatorColumn?: string };
  };
  readonly __helper: { readonly __originalEntityData?: Readonly<Record<string, unknown>> };
}

/** The class of a row by its discriminator; where each class has a table, the class that the ORM made of it. */
function discriminatorOf(row: object): string | undefined {
  const { __meta: meta, __helper: helper } = row as Managed;
  const column = meta.root.discriminatorColumn;
  const stored = column === undefined ? undefined : helper.__originalEntityData?.[column];
  const value = (stored ?? meta.discriminatorValue) as string | number | null | undefined;
  return value === undefined || value === null ? undefined : String(value);
}
