import { refused, unclaimed } from '../refusals.js';

/** How many of `count` optional clauses have to match: `2`, `-1`, `'75%'`, `'-25%'`. @throws SearchUnclaimedError for combinations */
export function minimumOf(given: unknown, count: number): number {
  const text = String(given).trim();
  if (text.includes('<')) throw unclaimed(`minimum_should_match '${text}'`);
  const [, number, percent] = /^(-?\d+)(%?)$/.exec(text) ?? [];
  if (number === undefined) throw refused('number_format_exception', `For input string: "${text}"`);
  const asked = percent ? Math.trunc((count * Number(number)) / 100) : Number(number);
  return Math.min(Math.max(0, asked < 0 ? count + asked : asked), Math.max(count, asked));
}
