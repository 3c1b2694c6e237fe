import type { MemoryField } from '../field.js';
import { assertClaimed, refused, unclaimed } from '../refusals.js';
import { compareValues, type Value } from '../values.js';
import { bodyOf, boostOf, fieldAndOptions } from './clause-body.js';
import { fieldHere, NEVER, when, type Matcher, type QueryContext } from './matcher.js';
import { dateSpan, termValue } from './term-value.js';

type Compiler = (body: unknown, context: QueryContext) => Matcher;

/** Whether a value of the field fulfils `test`; of text, each word is a value. */
function anyValue(field: MemoryField, test: (value: Value) => boolean, boost: number): Matcher {
  const { path, type } = field;
  if (type === 'text')
    return when(({ document }) => (document.words.get(path) ?? []).some(({ text }) => test(text)), boost);
  return when(({ document }) => (document.values.get(path) ?? []).some(test), boost);
}

function equals(field: MemoryField, value: unknown, context: QueryContext): (value: Value) => boolean {
  if (field.type === 'date') {
    const { first, last } = dateSpan(field, value, context);
    return (one) => compareValues(one, first) >= 0 && compareValues(one, last) <= 0;
  }
  const wanted = termValue(field, value, context);
  return (one) => compareValues(one, wanted) === 0;
}

const term: Compiler = (body, context) => {
  const { path, value, options } = fieldAndOptions('term', body, 'value', ['case_insensitive']);
  if (value === undefined || value === null)
    throw refused('illegal_argument_exception', `value cannot be null (term on [${path}])`);
  if (path === '_id') return ids({ values: [value] }, context);
  const field = fieldHere(context, path);
  if (!field) return NEVER;
  if (options['case_insensitive'] === true) {
    const wanted = String(termValue(field, value, context)).toLowerCase();
    // The automaton of an empty word accepts none.
    if (wanted === '') return NEVER;
    return anyValue(field, (one) => String(one).toLowerCase() === wanted, boostOf(options));
  }
  return anyValue(field, equals(field, value, context), boostOf(options));
};

const terms: Compiler = (body, context) => {
  const { boost, _name, ...fields } = bodyOf('terms', body);
  void _name;
  const entries = Object.entries(fields);
  if (entries.length !== 1) throw refused('parsing_exception', `[terms] query needs one field (got ${entries.length})`);
  const [path, values] = entries[0]!;
  if (!Array.isArray(values)) throw unclaimed('the look-up of the query terms');
  if (path === '_id') return ids({ values }, context);
  const field = fieldHere(context, path);
  if (!field) return NEVER;
  const tests = values.map((value) => equals(field, value, context));
  return anyValue(field, (one) => tests.some((test) => test(one)), boostOf({ boost }));
};

const BOUNDS = ['gt', 'gte', 'lt', 'lte'] as const;

const range: Compiler = (body, context) => {
  const { path, options } = fieldAndOptions('range', body, '', [...BOUNDS]);
  const field = fieldHere(context, path);
  if (!field) return NEVER;
  const given = BOUNDS.filter((bound) => options[bound] !== undefined && options[bound] !== null);
  const tests = given.map((bound) => boundTest(bound, field, options[bound], context));
  return anyValue(field, (one) => tests.every((test) => test(one)), boostOf(options));
};

/** A bound that is a day or an hour: `gt` and `lte` mean its end. */
function boundTest(bound: (typeof BOUNDS)[number], field: MemoryField, value: unknown, context: QueryContext) {
  const upper = bound === 'gt' || bound === 'lte';
  const limit =
    field.type === 'date'
      ? dateSpan(field, value, context)[upper ? 'last' : 'first']
      : termValue(field, value, context);
  return (one: Value): boolean => {
    const order = compareValues(one, limit);
    return bound === 'gt' ? order > 0 : bound === 'gte' ? order >= 0 : bound === 'lt' ? order < 0 : order <= 0;
  };
}

const exists: Compiler = (body, context) => {
  const { field: path, boost, ...others } = bodyOf('exists', body);
  assertClaimed('the query exists', others, ['_name']);
  const { fields, nested } = context;
  const paths = fields.below(String(path)).filter((name) => fields.get(name)!.nested === nested);
  // Values of other types are kept, not looked at.
  const known = paths.filter((name) => !['object', 'nested'].includes(fields.get(name)!.type) && fields.searched(name));
  return when(
    ({ document }) => known.some((name) => document.values.has(name) || document.words.has(name)),
    boostOf({ boost }),
  );
};

const ids: Compiler = (body) => {
  const { values, boost, ...others } = bodyOf('ids', body);
  assertClaimed('the query ids', others, ['_name']);
  const wanted = new Set((Array.isArray(values) ? values : []).map(String));
  return when(({ id }) => wanted.has(id), boostOf({ boost }));
};

function patternOf(name: string, toTest: (text: string, insensitive: boolean) => (value: string) => boolean): Compiler {
  return (body, context) => {
    const { path, value, options } = fieldAndOptions(name, body, 'value', ['case_insensitive']);
    const field = fieldHere(context, path);
    if (!field) return NEVER;
    if (field.type !== 'keyword' && field.type !== 'text')
      throw refused(
        'query_shard_exception',
        `Can only use ${name} queries on keyword and text fields - not on [${path}]`,
      );
    const insensitive = options['case_insensitive'] === true;
    const folded = (text: string): string => (insensitive ? text.toLowerCase() : text);
    const wanted = field.type === 'keyword' ? String(termValue(field, value, context)) : String(value);
    const test = toTest(folded(wanted), insensitive);
    return anyValue(field, (one) => test(folded(String(one))), boostOf(options));
  };
}

export const termLevelQueries: Readonly<Record<string, Compiler>> = {
  term,
  terms,
  range,
  exists,
  ids,
  prefix: patternOf('prefix', (start) => (value) => value.startsWith(start)),
  wildcard: patternOf('wildcard', (pattern) => {
    const source = pattern.replaceAll(/\\(.)|[*?]|[^*?\\]+/gs, (part, escaped: string | undefined) =>
      part === '*' ? '.*' : part === '?' ? '.' : literally(escaped ?? part),
    );
    const test = new RegExp(`^${source}$`, 'su');
    return (value) => test.test(value);
  }),
};

function literally(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
