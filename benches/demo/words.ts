/** Searches, each of which finds something. */
export const WORDS = [
  'union',
  'public debt',
  'treaty',
  'slavery',
  'railroad',
  'gold',
  'war',
  'tariff',
  'navy',
  'health care',
  'tax',
  'peace',
] as const;
