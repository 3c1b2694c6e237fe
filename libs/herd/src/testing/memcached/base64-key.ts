const alphabet = /[A-Za-z0-9+/=]/g;

/**
 * Reads a key in base64 as memcached does: what is not of the alphabet is passed over, and the first padding ends the key.
 *
 * @returns the key, each character one byte, or `undefined` where there is none.
 */
export function decodedKey(text: string): string | undefined {
  const symbols: readonly string[] = text.match(alphabet) ?? [];
  if (symbols.length === 0 || symbols.length % 4 !== 0) return undefined;
  const padding = symbols.indexOf('=');
  const blocks = symbols.slice(0, padding < 0 ? symbols.length : (Math.floor(padding / 4) + 1) * 4).join('');
  const pads = blocks.slice(-4).split('=').length - 1;
  if (pads > 2) return undefined;
  const bytes = Buffer.from(blocks.replaceAll('=', 'A'), 'base64');
  return bytes.toString('latin1', 0, bytes.length - pads) || undefined;
}

export const encodedKey = (key: string): string => Buffer.from(key, 'latin1').toString('base64');
