/** Milliseconds, or a number with its unit: `'250ms'`, `'1.5s'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`, `'1w'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd' | 'w'}`;
