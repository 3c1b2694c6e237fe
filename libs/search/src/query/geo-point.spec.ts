import { SearchQueryError } from '../errors/query.errors.js';
import { wireDistance, wirePoint } from './geo-point.js';

describe('a place', () => {
  it.each([
    [{ lat: 0, lon: 0 }],
    [{ lat: 90, lon: 180 }],
    [{ lat: -90, lon: -180 }],
    [{ lat: 38.9, lon: -77.04, name: 'left out' }],
  ])('is sent as it is: %j', (point) => expect(wirePoint(point, 'home')).toEqual({ lat: point.lat, lon: point.lon }));

  it.each<[unknown]>([
    [undefined],
    [null],
    ['38.9,-77.04'],
    [{}],
    [{ lat: 1 }],
    [{ lon: 1 }],
    [{ lat: '1', lon: 1 }],
    [{ lat: 1, lon: '1' }],
    [{ lat: 90.01, lon: 0 }],
    [{ lat: 0, lon: -180.01 }],
    [{ lat: NaN, lon: 0 }],
    [{ lat: 0, lon: Infinity }],
    [{ lat: null, lon: 0 }],
  ])('is refused: %j', (point) => {
    expect(() => wirePoint(point as never, 'home')).toThrow(SearchQueryError);
    expect(() => wirePoint(point as never, 'home')).toThrow('`home` needs { lat: -90 to 90, lon: -180 to 180 }');
  });
});

describe('a distance', () => {
  it.each(['0m', '12km', '1.25mi', '10.5nmi', '3mm', '4cm', '5in', '6ft', '7yd'])('is sent as it is: %s', (distance) =>
    expect(wireDistance(distance, 'near')).toBe(distance),
  );

  it.each<[unknown]>([
    [undefined],
    [null],
    [12],
    [['12km']],
    [''],
    ['km'],
    ['12'],
    ['12 km'],
    [' 12km'],
    ['-12km'],
    ['12km '],
    ['12kms'],
    ['1.km'],
    ['.5km'],
    ['1.x5km'],
    ['1e3km'],
    ['12parsec'],
  ])('is refused: %j', (distance) => {
    expect(() => wireDistance(distance as never, 'near')).toThrow(SearchQueryError);
    expect(() => wireDistance(distance as never, 'near')).toThrow(
      "`near` needs a distance with its unit, such as '12km'",
    );
  });
});
