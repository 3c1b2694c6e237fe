import { termKeyReader } from './term-key.js';

const reads = (type: string | undefined, runtimeType: string, key: unknown): unknown =>
  termKeyReader(type === undefined ? undefined : ({ type, runtimeType } as never))(key);

describe('the key of a bucket', () => {
  it.each([
    ['date', 'Date', 86_400_000, new Date(86_400_000)],
    ['date', 'Date', '1970-01-02', new Date(86_400_000)],
    ['date', 'Date', null, null],
    ['boolean', 'boolean', 1, true],
    ['boolean', 'boolean', 0, false],
    ['boolean', 'boolean', true, true],
    ['boolean', 'boolean', false, false],
    ['boolean', 'boolean', 'true', true],
    ['boolean', 'boolean', 'false', false],
    ['boolean', 'boolean', null, null],
    ['keyword', 'number', '12', 12],
    ['keyword', 'number', null, null],
    ['keyword', 'string', '12', '12'],
    ['keyword', 'bigint', '12', '12'],
    ['long', 'number', 12, 12],
    ['integer', 'string', 1, 1],
    [undefined, '', 'x', 'x'],
    [undefined, '', 1, 1],
  ])('of a %s that is %s: %p is %p', (type, runtimeType, key, expected) =>
    expect(reads(type, runtimeType, key)).toEqual(expected),
  );
});
