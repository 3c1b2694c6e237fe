import type { Duration } from './duration.js';

/** How long a value lives: milliseconds, a text such as `'60s'` or `'7d'`, or `'never'` (until it is evicted). */
export type Ttl = Duration | 'never';
