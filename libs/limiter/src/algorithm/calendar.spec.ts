import fc from 'fast-check';
import type { QuotaPeriod } from '../contracts/policy.js';
import { isTimeZone, periodBoundaries } from './calendar.js';

const at = (iso: string): number => Date.parse(iso);
const shown = (every: QuotaPeriod, timeZone: string, iso: string): string[] =>
  periodBoundaries(every, timeZone, at(iso)).map((micros) => new Date(micros / 1000).toISOString().slice(0, 16));

describe('calendar periods', () => {
  it.each<[QuotaPeriod, string, string, string[]]>([
    [
      'hour',
      'UTC',
      '2026-01-01T00:30Z',
      ['2025-12-31T23:00', '2026-01-01T00:00', '2026-01-01T01:00', '2026-01-01T02:00'],
    ],
    [
      'hour',
      'Asia/Kolkata',
      '2026-01-01T00:20Z',
      ['2025-12-31T22:30', '2025-12-31T23:30', '2026-01-01T00:30', '2026-01-01T01:30'],
    ],
    [
      'day',
      'UTC',
      '2026-02-28T12:00Z',
      ['2026-02-27T00:00', '2026-02-28T00:00', '2026-03-01T00:00', '2026-03-02T00:00'],
    ],
    // The clocks go forward on the 29th, which has 23 hours.
    [
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00Z',
      ['2026-03-27T23:00', '2026-03-28T23:00', '2026-03-29T22:00', '2026-03-30T22:00'],
    ],
    [
      'day',
      'Europe/Berlin',
      '2026-10-25T12:00Z',
      ['2026-10-23T22:00', '2026-10-24T22:00', '2026-10-25T23:00', '2026-10-26T23:00'],
    ],
    // There was no midnight: the day began at one.
    [
      'day',
      'America/Sao_Paulo',
      '2018-11-04T12:00Z',
      ['2018-11-03T03:00', '2018-11-04T03:00', '2018-11-05T02:00', '2018-11-06T02:00'],
    ],
    // The clocks go back at one to midnight, which comes twice: the day begins with the first.
    [
      'day',
      'America/Havana',
      '2026-11-01T12:00Z',
      ['2026-10-31T04:00', '2026-11-01T04:00', '2026-11-02T05:00', '2026-11-03T05:00'],
    ],
    // This Saturday was skipped whole.
    [
      'day',
      'Pacific/Apia',
      '2011-12-29T20:00Z',
      ['2011-12-28T10:00', '2011-12-29T10:00', '2011-12-30T10:00', '2011-12-30T10:00'],
    ],
    [
      'week',
      'Europe/Berlin',
      '2026-01-01T12:00Z',
      ['2025-12-21T23:00', '2025-12-28T23:00', '2026-01-04T23:00', '2026-01-11T23:00'],
    ],
    [
      'month',
      'Europe/Berlin',
      '2026-12-31T23:30Z',
      ['2026-11-30T23:00', '2026-12-31T23:00', '2027-01-31T23:00', '2027-02-28T23:00'],
    ],
    [
      'month',
      'UTC',
      '2028-02-29T23:59Z',
      ['2028-01-01T00:00', '2028-02-01T00:00', '2028-03-01T00:00', '2028-04-01T00:00'],
    ],
  ])('of a %s in %s at %s', (every, timeZone, now, expected) => {
    expect(shown(every, timeZone, now)).toEqual(expected);
  });

  it('hold the moment, and follow each other without a gap', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'America/Santiago',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom<QuotaPeriod>('hour', 'day', 'week', 'month'),
        fc.constantFrom(...zones),
        fc.integer({ min: at('2000-01-01'), max: at('2037-01-01') }),
        (every, zone, now) => {
          const [before, start, next, after] = periodBoundaries(every, zone, now);
          expect(before < start && start <= now * 1000 && now * 1000 < next && next < after).toBe(true);
          if (every === 'hour') return;
          expect(periodBoundaries(every, zone, next / 1000).slice(0, 3)).toEqual([start, next, after]);
          expect(periodBoundaries(every, zone, next / 1000 - 1).slice(0, 3)).toEqual([before, start, next]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['Europe/Bern', '', 'local', 5, undefined])('know no time zone %p', (name) =>
    expect(isTimeZone(name)).toBe(false),
  );
});
