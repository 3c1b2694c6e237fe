import type { Duration } from './duration.js';

/** How long a value lives: seconds, a text such as `'60s'` or `'7d'`, or `'never'` (until it is evicted). */
export type Ttl = number | Exclude<Duration, number> | 'never';
