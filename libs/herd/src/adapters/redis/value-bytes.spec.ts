import fc from 'fast-check';

import { asArgument, fromBytes, toBytes } from './value-bytes.js';

it('gives back bytes and flags, whatever they are', () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.constant(Uint8Array.from([0, 0x52])), fc.constant(Uint8Array.from([0, 0x52, 1, 2, 3, 4, 5])));
  fc.assert(
    fc.property(bytes, fc.oneof(fc.constant(2), fc.nat(), fc.constant(2 ** 32 - 1)), (bytes, flags) => {
      const value = { bytes: Buffer.from(bytes), flags };
      expect(fromBytes(toBytes(value))).toEqual(value);
    }),
  );
});

it('stores JSON as it is', () => expect(toBytes({ bytes: Buffer.from('{"a":1}'), flags: 2 }).toString()).toBe('{"a":1}'));

it('passes on as text what is text, and other bytes as they are', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }).map((text) => Buffer.from(text))), (bytes) => {
      expect(Buffer.from(asArgument(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
  expect(asArgument(Buffer.from('é'))).toBe('é');
});
