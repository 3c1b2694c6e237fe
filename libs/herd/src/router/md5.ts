/**
 * MD5 (RFC 1321) of the UTF-8 bytes of `text`, as four little-endian words written to `out`. In plain JavaScript: for
 * keys, which are short, that is several times as fast as `node:crypto`, and works where FIPS mode forbids MD5 there.
 * For placing keys only; never for security.
 */
export function md5(text: string, out: Uint32Array): void {
  const length = writeMessage(text);
  let a = 0x67452301 | 0;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476 | 0;
  for (let offset = 0; offset < length; offset += 16) {
    const a0 = a;
    const b0 = b;
    const c0 = c;
    const d0 = d;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mixed =
        round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const sum = (a + mixed + sines[step]! + message[offset + wordOf[step]!]!) | 0;
      const turn = turns[step]!;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    }
    a = (a + a0) | 0;
    b = (b + b0) | 0;
    c = (c + c0) | 0;
    d = (d + d0) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

const sines = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32));
const wordOf = Uint8Array.from(
  { length: 64 },
  (_, step) => [step, 5 * step + 1, 3 * step + 5, 7 * step][step >> 4]! % 16,
);
const turns = Uint8Array.from(
  { length: 64 },
  (_, step) =>
    [
      [7, 12, 17, 22],
      [5, 9, 14, 20],
      [4, 11, 16, 23],
      [6, 10, 15, 21],
    ][step >> 4]![step % 4]!,
);

/** The padded message; kept between calls, so that a key of usual length allocates nothing. */
let message = new Int32Array(16 * 8);

/** Writes `text` with the padding of RFC 1321 into `message`. @returns its length in words of 32 bits. */
function writeMessage(text: string): number {
  const bytes = isAscii(text) ? undefined : Buffer.from(text, 'utf8');
  const size = bytes?.length ?? text.length;
  const words = (((size + 8) >> 6) + 1) << 4;
  if (message.length < words) message = new Int32Array(words);
  message.fill(0, 0, words);
  const put = (i: number, byte: number): void => {
    message[i >> 2] = message[i >> 2]! | (byte << ((i & 3) << 3));
  };
  for (let i = 0; i < size; i++) put(i, bytes ? bytes[i]! : text.charCodeAt(i));
  put(size, 0x80);
  message[words - 2] = size << 3;
  message[words - 1] = size >>> 29;
  return words;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
