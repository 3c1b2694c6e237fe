import fc from 'fast-check';
import { SearchQueryError } from '../../errors/query.errors.js';
import { assertWithin, namesIn } from './query-string-scan.js';

describe('what a query string names', () => {
  it.each<[string, string[]]>([
    ['title:silver', ['title']],
    ['title : silver', ['title']],
    ['+title:(silver OR secret:x)', ['title', 'secret']],
    ['sec\\ret:x', ['secret']],
    ['\\u0073ecret:x', ['secret']],
    ['a\\:b c', []],
    ['"secret:x" title:"a:b"', ['title']],
    ['_exists_:secret', ['_exists_', 'secret']],
    ['_exists_:"secret"', ['_exists_', 'secret']],
    ['_exists_:(secret)', ['_exists_', 'secret']],
    ['se*:x', ['se*']],
    ['pages:[1 TO 5] AND secret:>=3', ['pages', 'secret']],
    ['-secret:x !other:y', ['secret', 'other']],
    ['(secret:x)^2', ['secret']],
  ])('%s: %j', (text, fields) => expect(namesIn(text).fields).toEqual(fields));

  it.each([
    ['secret:x', ['title'], false],
    ['title:x OR -secret:x', ['title'], false],
    ['*:x', ['title'], false],
    ['title.raw:x', ['title'], false],
    ['_exists_:secret', ['title'], false],
    ['title:/si.*/', ['title'], false],
    ['and/or', undefined, false],
  ])('refuses %s with fields %j', (text, fields, regexp) =>
    expect(() => assertWithin(text, fields as string[], regexp)).toThrow(SearchQueryError),
  );

  it.each([
    ['title:x AND "secret:x"', ['title'], false],
    ['*:*', ['title'], false],
    ['title:/si.*/', ['title'], true],
    ['and\\/or secret\\:x', ['title'], false],
    ['anything:x', undefined, false],
  ])('accepts %s with fields %j', (text, fields, regexp) =>
    expect(() => assertWithin(text, fields as string[], regexp)).not.toThrow(),
  );

  it('ends for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab:\\"/()[]{} _exists_*u0041-+') }),
        (text) => void namesIn(text),
      ),
    );
  });
});
