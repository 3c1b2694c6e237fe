import fc from 'fast-check';

import { fromBytes, toArgument, toBytes } from './value-bytes.js';

it('gives back bytes and flags, whatever they are', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.constant(Uint8Array.from([0, 0x52])),
    fc.constant(Uint8Array.from([0, 0x52, 1, 2, 3, 4, 5])),
  );
  fc.assert(
    fc.property(bytes, fc.oneof(fc.constant(2), fc.nat(), fc.constant(2 ** 32 - 1)), (bytes, flags) => {
      const value = { bytes: Buffer.from(bytes), flags };
      expect(fromBytes(toBytes(value))).toEqual(value);
    }),
  );
});

it('stores JSON as it is', () =>
  expect(toBytes({ bytes: Buffer.from('{"a":1}'), flags: 2 }).toString()).toBe('{"a":1}'));

it('passes on as text what is text, and other bytes as they are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.oneof(fc.constant(2), fc.nat()),
      fc.boolean(),
      (text, flags, told) => {
        const encoded = { bytes: Buffer.from(text), flags, ...(told && { text }) };
        expect(Buffer.from(toArgument(encoded))).toEqual(toBytes(encoded));
      },
    ),
  );
  expect(toArgument({ bytes: Buffer.from('"é"'), flags: 2, text: '"é"' })).toBe('"é"');
});
