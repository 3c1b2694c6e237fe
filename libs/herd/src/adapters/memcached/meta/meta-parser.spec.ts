import fc from 'fast-check';

import { MetaParser } from './meta-parser.js';
import { valueBytes, valueText } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';

/** What of a reply outlasts the next one. */
const kept = (reply: MetaReply) => ({
  code: reply.code,
  key: reply.text.slice(reply.keyStart, reply.keyEnd),
  value: reply.code === 'VA' ? valueText(reply) : undefined,
  opaque: reply.opaque,
  flags: reply.flags,
  cas: reply.cas,
  marks: [reply.won, reply.sent, reply.stale],
  line: reply.line,
});

/** As a connection feeds it: the bytes of a chunk are others' afterwards. */
function parsed(chunks: readonly Buffer[]) {
  const parser = new MetaParser();
  const replies: ReturnType<typeof kept>[] = [];
  for (const chunk of chunks) {
    const shared = Buffer.from(chunk);
    parser.feed(shared, (reply) => replies.push(kept(reply)) > 0);
    shared.fill('!');
  }
  return replies;
}

function torn(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => bytes.subarray(start, places[i]));
}

const stream = Buffer.concat([
  Buffer.from('VA 12 kkey f2 O1 c18446744073709551615 W\r\n'),
  Buffer.from('a\r\nEN k O9\r\n'),
  Buffer.from(
    '\r\nEN kother O2\r\nHD kk O3\r\nNS kk O4\r\nEX kk O5\r\nNF kk O6\r\nMN\r\nVA 0 kempty O7 f4294967295 X Z\r\n\r\n',
  ),
  Buffer.from('SERVER_ERROR out of memory\r\nVA 3 b kYQ== O8\r\n\0\xff\n\r\nVERSION 1.6.18\r\nHDX\r\n', 'latin1'),
]);

const expected = [
  {
    code: 'VA',
    key: 'key',
    value: 'a\r\nEN k O9\r\n',
    opaque: 1,
    flags: 2,
    cas: '18446744073709551615',
    marks: [true, false, false],
  },
  { code: 'EN', key: 'other', opaque: 2 },
  { code: 'HD', key: 'k', opaque: 3 },
  { code: 'NS', key: 'k', opaque: 4 },
  { code: 'EX', key: 'k', opaque: 5 },
  { code: 'NF', key: 'k', opaque: 6 },
  { code: 'MN', key: '', opaque: 0 },
  { code: 'VA', key: 'empty', value: '', opaque: 7, flags: 4_294_967_295, marks: [false, true, true] },
  { code: 'line', line: 'SERVER_ERROR out of memory' },
  { code: 'VA', key: 'YQ==', value: '\0\xff\n', opaque: 8 },
  { code: 'line', line: 'VERSION 1.6.18' },
  { code: 'line', line: 'HDX' },
];

it('reads every kind of reply', () => expect(parsed([stream])).toMatchObject(expected));

it('reads the same byte by byte', () =>
  expect(parsed(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(parsed([stream])));

const size = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 16_300, max: 16_400 }), fc.nat(70_000));
const body = fc
  .tuple(size, fc.constantFrom('v', '\r\n', 'EN k O9\r\n', '\xc3\xa9', '\0\xff'))
  .map(([bytes, pattern]) => Buffer.alloc(bytes, pattern, 'latin1'));
const valueReply = fc.tuple(body, fc.nat(4095), fc.nat()).map(([value, opaque, flags]) => ({
  bytes: Buffer.concat([Buffer.from(`VA ${value.length} kkey f${flags} O${opaque}\r\n`), value, Buffer.from('\r\n')]),
  reply: { code: 'VA', key: 'key', value: value.toString('latin1'), opaque, flags },
}));
const otherReply = fc.constantFrom(
  { bytes: Buffer.from('HD kkey O5\r\n'), reply: { code: 'HD', key: 'key', opaque: 5, value: undefined } },
  { bytes: Buffer.from('MN\r\n'), reply: { code: 'MN', value: undefined } },
  { bytes: Buffer.from('SERVER_ERROR busy\r\n'), reply: { code: 'line', line: 'SERVER_ERROR busy' } },
  { bytes: Buffer.from(`${'x'.repeat(8192)}\r\n`), reply: { code: 'line', line: 'x'.repeat(8192) } },
);
const replies = fc.array(fc.oneof(valueReply, otherReply), { maxLength: 8 });
const cuts = fc.array(fc.nat(), { maxLength: 30 });

it('reads the same however the stream is torn, and whatever the values hold', () =>
  fc.assert(
    fc.property(replies, cuts, (written, places) => {
      const bytes = Buffer.concat(written.map((each) => each.bytes));
      const read = parsed(torn(bytes, places));
      expect(read).toHaveLength(written.length);
      for (const [i, { reply }] of written.entries()) {
        // To show how two long texts differ would take seconds.
        const { value, ...rest } = read[i]!;
        expect(rest).toMatchObject(Object.fromEntries(Object.entries(reply).filter(([name]) => name !== 'value')));
        if ('value' in reply) expect(value === reply.value).toBe(true);
      }
    }),
  ));

it('refuses the same however the stream is torn', () =>
  fc.assert(
    fc.property(replies, cuts, fc.nat(), fc.nat(255), (written, places, at, byte) => {
      const bytes = Buffer.concat(written.map((each) => each.bytes));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      const outcome = (chunks: readonly Buffer[]): string => {
        const read: unknown[] = [];
        const parser = new MetaParser();
        try {
          for (const chunk of chunks) parser.feed(Buffer.from(chunk), (reply) => read.push(kept(reply)) > 0);
        } catch (error) {
          read.push(String(error));
        }
        return JSON.stringify(read);
      };
      expect(outcome(torn(bytes, places)) === outcome([bytes])).toBe(true);
    }),
  ));

it('copies a long value once, and one that is whole in its chunk not at all', () => {
  const value = Buffer.alloc(5_000_000, 'v');
  const whole = Buffer.concat([Buffer.from(`VA ${value.length} kk O1\r\n`), value, Buffer.from('\r\nMN\r\n')]);
  const given = (chunks: readonly Buffer[]) => {
    const parser = new MetaParser();
    const seen: { code: string; size: number; owns: boolean; isPart: boolean }[] = [];
    for (const chunk of chunks)
      parser.feed(chunk, (reply) => {
        const own = reply.code === 'VA' ? valueBytes(reply) : chunk;
        const isPart = reply.valueBytes.buffer === chunk.buffer;
        return seen.push({ code: reply.code, size: own.length, owns: reply.ownsBytes, isPart }) > 0;
      });
    return seen[0];
  };
  const chunks = Array.from({ length: Math.ceil(whole.length / 1000) }, (_, i) =>
    whole.subarray(i * 1000, (i + 1) * 1000),
  );
  expect(given(chunks)).toEqual({ code: 'VA', size: 5_000_000, owns: true, isPart: false });
  expect(given([whole])).toEqual({ code: 'VA', size: 5_000_000, owns: false, isPart: true });
});

it.each([
  ['a value without an end', 'VA 1 kk O1\r\n1234\r\n'],
  ['a value without a size', 'VA \r\n'],
  ['a word that is no number', 'HD Ox\r\n'],
  ['a word that is no number', 'VA -1 kk\r\n'],
  ['a line without an end', 'x'.repeat(9000)],
])('refuses %s', (why, text) => expect(() => parsed([Buffer.from(text)])).toThrow(why));

it('stops where `take` returns false', () => {
  const seen: string[] = [];
  new MetaParser().feed(Buffer.from('MN\r\nEN\r\nMN\r\n'), ({ code }) => seen.push(code) < 2);
  expect(seen).toEqual(['MN', 'EN']);
});
