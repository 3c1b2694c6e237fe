import { HerdRequestError } from '../../errors/operation-errors.js';
import { wireKey } from './key.js';

describe('wireKey', () => {
  it.each(['a', 'user:7', 'k'.repeat(250), 'é'.repeat(125)])('accepts %j as its bytes', (key) => {
    expect(Buffer.from(wireKey(key), 'latin1').toString('utf8')).toBe(key);
  });

  it.each([
    ['', 'empty'],
    ['a b', 'spaces'],
    ['a\tb', 'control'],
    ['a\r\nflush_all', 'control'],
    ['a\0', 'control'],
    ['a\x7f', 'control'],
    ['k'.repeat(251), 'at most 250 bytes, this one 251'],
    ['é'.repeat(126), 'at most 250 bytes, this one 252'],
    [7 as unknown as string, 'must be a string'],
  ])('refuses %j', (key, why) => {
    expect(() => wireKey(key)).toThrow(HerdRequestError);
    expect(() => wireKey(key)).toThrow(why);
  });
});
