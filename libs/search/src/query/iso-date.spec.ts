import fc from 'fast-check';
import { isoMillis } from './iso-date.js';

describe('the milliseconds of a date in ISO 8601', () => {
  it('are those of every Date that is written', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(isoMillis(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  const ms = Date.UTC(1999, 5, 1);
  it.each([
    ['1999-06-01', ms],
    ['1999-06-01T00:00', ms],
    ['1999-06-01T00:00:00', ms],
    ['1999-06-01T00:00:00.000', ms],
    ['1999-06-01T00:00:00.5Z', ms + 500],
    ['1999-06-01T02:00+02:00', ms],
    ['1999-05-31T22:30:00-01:30', ms],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    ['1999-12-31T00:00Z', Date.UTC(1999, 11, 31)],
    ['+001999-06-01T00:00:00.000Z', ms],
  ])('are in UTC where there is no zone: %s', (text, expected) => expect(isoMillis(text)).toBe(expected));

  it.each([
    ...['', 'page 1', '1 2', '1999', '1999-06', '6/1/1999', '1999/06/01', 'June 1, 1999', '1999-06-01 00:00'],
    ...['1999-06-01T00', '1999-06-01T25:00', '1999-13-01', '1999-06-01Z', 'x1999-06-01', '1999-06-01x', '19990601'],
    ...['-000000-01-01', '1999-06-31', '1999-02-29', '1900-02-29T00:00Z', '1999-06-32', '1999-06-00'],
  ])('are NaN of %j', (text) => expect(isoMillis(text)).toBeNaN());
});
