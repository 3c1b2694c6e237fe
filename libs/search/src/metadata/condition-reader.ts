import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { shown } from '../errors/search-error.js';
import { nearestName } from '../support/nearest-name.js';
import type { Condition, FieldModel, ObjectField } from './index-model.js';
import type { IndexedOptions } from './options.js';
import { copyOfWhere, whereText } from './where-values.js';
import { unreadPaths } from './reads-probe.js';
import { WhereReader } from './where-reader.js';

/** A filter of the ORM, as far as it is used here. */
interface OrmFilter {
  readonly cond: object | ((args: object, type: 'read', em: undefined, options: object, entity: string) => unknown);
}

/** One source of conditions in SQL. */
interface Part {
  readonly label: string;
  readonly where: () => object;
}

/** Reads which rows of an entity have a document: `where`, `filters` and `when` of `@Indexed`. */
export class ConditionReader {
  private readonly wheres: WhereReader;

  constructor(
    private readonly metas: readonly EntityMetadata[],
    private readonly complaints: ModelComplaint[],
  ) {
    this.wheres = new WhereReader(metas, complaints);
  }

  /**
   * @param fields of the index, whose collections may be filtered
   * @param sources all that is loaded of a row
   */
  read(
    meta: EntityMetadata,
    options: IndexedOptions,
    fields: readonly FieldModel[],
    sources: readonly FieldModel[],
  ): Condition | undefined {
    const { where, when } = options as { readonly where?: unknown; readonly when?: unknown };
    if (when !== undefined) this.checkWhen(meta, when, sources);
    const parts: Part[] = [
      ...(where === undefined
        ? []
        : [{ label: `where ${whereText(where)}`, where: () => copyOfWhere(where) as object }]),
      ...this.filters(meta, options.filters),
    ];
    const watched = parts.flatMap((part) => this.wheres.read(meta, part.where(), meta.className));
    const labels = [...parts.map(({ label }) => label), ...(when ? ['when'] : []), ...collectionsIn(fields)];
    if (labels.length === 0) return undefined;
    return { label: labels.join(', '), where: together(parts), when: when as Condition['when'], watched };
  }

  private checkWhen(meta: EntityMetadata, when: unknown, sources: readonly FieldModel[]): void {
    if (typeof when !== 'function')
      return this.complain(
        meta,
        `has a \`when\` that is ${shown(when)}, and no function`,
        'Give when: (row) => boolean',
      );
    for (const path of unreadPaths(meta, this.metas, sources, when as (row: object) => unknown))
      this.complain(meta, `has a \`when\` over \`${path}\`, which is not read`, `Add '${path}' to \`reads\``);
  }

  private filters(meta: EntityMetadata, given: IndexedOptions['filters'] = []): Part[] {
    const named: [string, unknown][] = Array.isArray(given)
      ? given.map((name: string) => [name, true])
      : Object.entries(given);
    return named.flatMap(([name, args]) => this.filter(meta, name, args));
  }

  private filter(meta: EntityMetadata, name: string, args: unknown): Part[] {
    const known = meta.filters as unknown as Readonly<Record<string, OrmFilter>>;
    const filter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!filter) {
      const names = Object.keys(known);
      const nearest = nearestName(name, names);
      this.complain(
        meta,
        `names the filter '${name}', which the entity does not define`,
        nearest !== undefined
          ? `Did you mean '${nearest}'?`
          : names.length > 0
            ? `Use one of: ${names.join(', ')}`
            : 'Define it with @Filter on the entity, or write it as `where`',
      );
      return [];
    }
    if (args === false) return [];
    if (args !== true && (typeof args !== 'object' || args === null)) {
      this.complain(
        meta,
        `has ${shown(args)} for the filter '${name}'`,
        'Give true, or its parameters: filters: { tenant: { id: 1 } }',
      );
      return [];
    }
    const { cond } = filter;
    const parameters = args === true ? {} : args;
    if (typeof cond !== 'function')
      return [{ label: `filter ${name} ${whereText(cond)}`, where: () => copyOfWhere(cond) }];
    const call = (): unknown => cond(parameters, 'read', undefined, {}, meta.className);
    const problem = problemOf(call);
    if (problem === undefined)
      return [{ label: `filter ${name} ${whereText(parameters)}`, where: () => copyOfWhere(call()) as object }];
    this.complain(
      meta,
      `names the filter '${name}', whose condition ${problem}`,
      'Give its parameters: filters: { tenant: { id: 1 } }; for what needs an entity manager or waits, write `where` or `when`',
    );
    return [];
  }

  private complain(meta: EntityMetadata, problem: string, remedy: string): void {
    this.complaints.push({ where: meta.className, problem, remedy });
  }
}

/** Conditions of all parts, made anew for each query: a filter may go by the time. */
function together(parts: readonly Part[]): Condition['where'] {
  if (parts.length === 0) return undefined;
  if (parts.length === 1) return parts[0]!.where;
  return () => ({ $and: parts.map(({ where }) => where()) });
}

function problemOf(call: () => unknown): string | undefined {
  try {
    const made = call();
    return typeof (made as { then?: unknown } | null)?.then === 'function' ? 'is made asynchronously' : undefined;
  } catch (error) {
    return `throws: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** An index that was filled with other elements of a collection does not fit either. */
function collectionsIn(fields: readonly FieldModel[], path = ''): string[] {
  return fields
    .filter((field): field is ObjectField => field.kind === 'object')
    .flatMap((field) => [
      ...(field.filter ? [`${path}${field.name} where ${whereText(field.filter.where)}`] : []),
      ...collectionsIn(field.fields, `${path}${field.name}.`),
    ]);
}
