import { isDeepStrictEqual } from 'node:util';
import { FIELD_TYPES, type FieldMapping, type FieldType } from '../contracts/index-body.js';
import type { TypeInference } from '../contracts/type-inference.js';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, ObjectField, ValueField } from '../metadata/index-model.js';
import { typeOf } from './field-types.js';
import type { AddedFieldOptions, FieldParameters, SharedFieldOptions, SubFieldOptions } from '../metadata/options.js';
import { PARAMETERS, REQUIRED, WIRE_NAMES } from '../metadata/field-parameters.js';

interface ClassField {
  readonly mapping: FieldMapping;
  readonly field: FieldModel;
}

export type Properties = Readonly<Record<string, FieldMapping>>;

/** Turns fields into a mapping's `properties`; what does not fit goes to `complaints`. */
export class MappingBuilder {
  constructor(
    private readonly inference: TypeInference,
    private readonly complaints: ModelComplaint[],
  ) {}

  properties(fields: readonly FieldModel[], parent: string): Properties {
    const mapped = new Map<string, { readonly mapping: FieldMapping; readonly field: FieldModel }>();
    for (const field of fields)
      for (const [name, mapping] of this.property(field, `${parent}.${field.name}`)) {
        const first = mapped.get(name);
        const both = first && this.both(first, { mapping, field }, `${parent}.${name}`);
        mapped.set(name, both ?? { mapping, field });
      }
    return Object.fromEntries([...mapped].map(([name, { mapping }]) => [name, mapping]));
  }

  /** One field of several classes: of a tree, or behind a polymorphic relation. */
  private both(first: ClassField, second: ClassField, where: string): ClassField {
    if (!isDeepStrictEqual(first.mapping, second.mapping)) {
      const merged = mergedObjects(first.mapping, second.mapping);
      if (merged) return { ...first, mapping: merged };
      this.complain(
        where,
        `is \`${first.mapping.type}\` of ${namesOf(first.field)}, and \`${second.mapping.type}\` of ${namesOf(second.field)}, with other options`,
        'Give both the same type and options in @SearchField, or one of the properties another name',
      );
    }
    return first;
  }

  private property(field: FieldModel, where: string): [string, FieldMapping][] {
    const mapping = field.kind === 'object' ? this.object(field, where) : this.value(field, where);
    return mapping ? [[field.name, mapping]] : [];
  }

  private object(field: ObjectField, where: string): FieldMapping {
    const type = field.options.type ?? 'object';
    if (type === 'geo_point') return this.point(field, where);
    if (type !== 'object' && type !== 'nested') {
      this.complain(
        where,
        `is embedded, and cannot be \`${type}\``,
        "Leave out `type`, or use 'nested' to query the parts of each element together",
      );
    }
    return { type, properties: this.properties(field.fields, where) };
  }

  /** An embeddable may be a place. */
  private point(field: ObjectField, where: string): FieldMapping {
    const names = field.fields.map(({ name }) => name);
    if (field.relation || names.length !== 2 || !names.includes('lat') || !names.includes('lon'))
      this.complain(
        where,
        `is embedded as \`geo_point\` with ${names.map((name) => `\`${name}\``).join(', ') || 'nothing'}`,
        'Give its embeddable `lat` and `lon`, and name these two alone with @SearchField() or `include`',
      );
    return this.mapping('geo_point', field.options, where);
  }

  private value(field: ValueField, where: string): FieldMapping | undefined {
    const type = typeOf(field, this.inference);
    if (!type) {
      const known = field.facts ? `the ORM's type '${field.facts.ormType}'` : 'a getter';
      this.complain(
        where,
        `has no field type that follows from ${known}`,
        "Name it: @SearchField({ type: 'keyword' })",
      );
      return undefined;
    }
    if (field.keys && type !== 'object' && type !== 'nested')
      this.complain(where, `has \`properties\`, and is \`${type}\``, "Use the type 'object' or 'nested'");
    return this.mapping(type, field.options, where);
  }

  /** Fields that no property stands for. */
  added(fields: Readonly<Record<string, AddedFieldOptions>>, parent: string): Properties {
    return Object.fromEntries(
      Object.entries(fields).map(([name, options]) => {
        const where = `${parent}.${name}`;
        if (options.properties && options.type !== 'object' && options.type !== 'nested')
          this.complain(where, `has \`properties\`, and is \`${options.type}\``, "Use the type 'object' or 'nested'");
        return [name, this.mapping(options.type, options, where)];
      }),
    );
  }

  private mapping(
    type: FieldType,
    options: FieldParameters & Pick<SharedFieldOptions, 'fields' | 'copyTo' | 'properties'>,
    where: string,
  ): FieldMapping {
    const { fields, copyTo, properties } = options;
    return {
      type,
      // Without a description the keys of a JSON column are mapped as they come.
      ...(type === 'object' && !properties ? { dynamic: true } : {}),
      ...(properties ? { properties: this.added(properties, where) } : {}),
      ...this.parameters(options, type, where),
      ...(copyTo ? { copy_to: copyTo } : {}),
      ...(fields ? { fields: this.subFields(fields, where) } : {}),
    };
  }

  private subFields(fields: Readonly<Record<string, SubFieldOptions>>, where: string): Properties {
    const mapped = Object.entries(fields).map(([name, options]) => {
      return [name, { type: options.type, ...this.parameters(options, options.type, `${where}.${name}`) }] as const;
    });
    return Object.fromEntries(mapped);
  }

  private parameters(options: FieldParameters, type: FieldType, where: string): Record<string, unknown> {
    const names = (Object.keys(WIRE_NAMES) as (keyof FieldParameters)[]).filter((name) => options[name] !== undefined);
    const known = Object.hasOwn(PARAMETERS, type);
    const allowed = known ? (PARAMETERS[type] as readonly (keyof FieldParameters)[]) : undefined;
    if (!allowed) {
      if (names.length > 0)
        this.complain(
          where,
          `has \`${names.join('`, `')}\` with the type \`${String(type)}\`, whose parameters are not known`,
          `Use one of the types ${FIELD_TYPES.join(', ')}, or write the field's mapping into @Indexed({ properties })`,
        );
      return {};
    }
    for (const name of names.filter((candidate) => !allowed.includes(candidate))) {
      const taken = allowed.join(', ') || 'none';
      this.complain(
        where,
        `has \`${name}\`, which \`${type}\` does not accept`,
        `Leave it out, or change the type (\`${type}\` accepts: ${taken})`,
      );
    }
    const required = REQUIRED[type];
    if (required && options[required] === undefined)
      this.complain(
        where,
        `is \`${type}\` without \`${required}\``,
        `Add it: @SearchField({ type: '${type}', ${required}: … })`,
      );
    return Object.fromEntries(names.map((name) => [WIRE_NAMES[name], options[name]]));
  }

  private complain(where: string, problem: string, remedy: string): void {
    this.complaints.push({ where, problem, remedy });
  }
}

function namesOf({ of, name }: FieldModel): string {
  return of ? of.map((entity) => `${entity.name}.${name}`).join(', ') : `all (\`${name}\`)`;
}

/** Objects with other fields in them are one object with all of them; `undefined` where they contradict each other. */
function mergedObjects(first: FieldMapping, second: FieldMapping): FieldMapping | undefined {
  const [a, b] = [first.properties, second.properties];
  if (!a || !b || first.type !== second.type) return undefined;
  const properties: Record<string, FieldMapping> = { ...a };
  for (const [name, mapping] of Object.entries(b)) {
    const known = properties[name];
    const merged = known && !isDeepStrictEqual(known, mapping) ? mergedObjects(known, mapping) : mapping;
    if (!merged) return undefined;
    properties[name] = merged;
  }
  return { ...first, properties };
}
