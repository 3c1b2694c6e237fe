/** The longest life that Redis accepts in milliseconds by far; more is for ever. */
export const longestMs = 2 ** 52;

export const wholeMs = (ms: number): number => Math.max(1, Math.ceil(ms));

/** The end of a SET that gives a life. */
export const expiryWords = (ms: number): string[] => (ms >= longestMs ? [] : ['PX', String(wholeMs(ms))]);
