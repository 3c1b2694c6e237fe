/** The party values of the data set. */
export const PARTIES = [
  'Democratic',
  'Democratic-Republican',
  'Federalist',
  'National Union',
  'Republican',
  'Whig',
  'Whig & Democratic',
  'none',
] as const;

export type Party = (typeof PARTIES)[number];

export function isParty(value: unknown): value is Party {
  return (PARTIES as readonly unknown[]).includes(value);
}
