import { TurnClock } from './turn-clock.js';

/** A clock that is at each of `times` in turn, and counts how often it was read. */
function scripted(times: readonly number[]) {
  const read = { count: 0 };
  return { read, clock: new TurnClock(() => times[Math.min(read.count++, times.length - 1)]!) };
}

it('reads the time for calls that come with a pause between them', () => {
  const { clock } = scripted([10, 11, 12.5, 40]);
  expect([clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([10, 11, 12.5, 40]);
});

it('shares a reading among sixteen calls that follow one another closely', () => {
  const { read, clock } = scripted([10, 10.1, 10.2]);
  const times = Array.from({ length: 19 }, () => clock.now());
  expect(times).toEqual([10, ...Array.from({ length: 17 }, () => 10.1), 10.2]);
  expect(read.count).toBe(3);
});

it('shares no reading with another turn of the event loop', () => {
  const { clock } = scripted([10, 10.1, 500, 900]);
  expect([clock.now(), clock.now(), clock.now()]).toEqual([10, 10.1, 10.1]);
  expect(clock.turned()).toBe(500);
  expect(clock.now()).toBe(900);
});
