import { defaultTypeInference } from './default-type-inference.js';

describe('type inference', () => {
  const facts = { label: 'E.p', ormType: 'any', runtimeType: '', columnType: '', primary: false, enum: false };

  it.each([
    ['a primary key', { primary: true, columnType: 'int', runtimeType: 'number' }, 'keyword'],
    ['an enum', { enum: true, columnType: 'text', runtimeType: 'string' }, 'keyword'],
    ['a uuid', { columnType: 'uuid', runtimeType: 'string' }, 'keyword'],
    ['a string', { columnType: 'varchar(255)', runtimeType: 'string' }, 'text'],
    ['a text', { columnType: 'text', runtimeType: 'string' }, 'text'],
    ['an integer', { columnType: 'int', runtimeType: 'number' }, 'integer'],
    ['a smallint', { columnType: 'smallint', runtimeType: 'number' }, 'integer'],
    ['a bigint', { columnType: 'bigint', runtimeType: 'bigint' }, 'long'],
    ['a double', { columnType: 'double precision', runtimeType: 'number' }, 'double'],
    ['a decimal', { columnType: 'numeric(10,2)', runtimeType: 'string' }, 'double'],
    ['a boolean', { columnType: 'boolean', runtimeType: 'boolean' }, 'boolean'],
    ['a boolean of MySQL', { columnType: 'tinyint(1)', runtimeType: 'boolean' }, 'boolean'],
    ['a date and time', { columnType: 'timestamptz(0)', runtimeType: 'Date' }, 'date'],
    ['a date of SQLite, kept as integer', { columnType: 'integer', runtimeType: 'Date' }, 'date'],
    ['a day', { columnType: 'date', runtimeType: 'string' }, 'date'],
    ['JSON', { columnType: 'jsonb', runtimeType: 'any' }, 'object'],
    ['bytes', { columnType: 'bytea', runtimeType: 'Buffer' }, 'binary'],
    ['a list, as its elements', { columnType: 'text[]', runtimeType: 'string[]' }, 'text'],
    ['a property without a column', { runtimeType: 'number' }, 'double'],
    ['an interval', { columnType: 'interval(0)', runtimeType: 'string' }, 'keyword'],
    ['a range of integers', { columnType: 'int4range', runtimeType: 'unknown' }, 'integer_range'],
    ['a range of bigints', { columnType: 'int8range', runtimeType: 'unknown' }, 'long_range'],
    ['a range of decimals', { columnType: 'numrange', runtimeType: 'unknown' }, 'double_range'],
    ['a range of days', { columnType: 'daterange', runtimeType: 'unknown' }, 'date_range'],
    ['a range of instants', { columnType: 'tstzrange', runtimeType: 'unknown' }, 'date_range'],
    ['several ranges', { columnType: 'datemultirange', runtimeType: 'unknown' }, 'date_range'],
    ['a list of ranges: nothing', { columnType: 'int4range[]', runtimeType: 'unknown' }, undefined],
    ['a list of instants', { columnType: 'timestamptz(0)[]', runtimeType: 'string[]' }, 'date'],
    ['a list of integers', { columnType: 'int4[]', runtimeType: 'string[]' }, 'integer'],
    ['an unsigned integer', { columnType: 'int(10) unsigned', runtimeType: 'number' }, 'integer'],
    ['a character varying', { columnType: 'character varying(9)', runtimeType: 'string' }, 'text'],
    ['what it does not know: nothing', { columnType: 'polygon', runtimeType: 'any' }, undefined],
  ])('gives for %s', (_name, known, expected) => {
    expect(defaultTypeInference.infer({ ...facts, ...known })).toBe(expected);
  });
});
