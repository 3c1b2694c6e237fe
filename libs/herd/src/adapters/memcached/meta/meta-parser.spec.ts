import fc from 'fast-check';

import { MetaParser } from './meta-parser.js';
import type { MetaReply } from './meta-reply.js';

/** What of a reply outlasts the next one. */
const kept = (reply: MetaReply) => ({
  code: reply.code,
  key: reply.text.slice(reply.keyStart, reply.keyEnd),
  value: reply.code === 'VA' ? reply.text.slice(reply.valueStart, reply.valueEnd) : undefined,
  opaque: reply.opaque,
  flags: reply.flags,
  cas: reply.cas,
  marks: [reply.won, reply.sent, reply.stale],
  line: reply.line,
});

function parsed(chunks: readonly Buffer[], expectedKey = '') {
  const parser = new MetaParser(0, () => expectedKey);
  const replies: ReturnType<typeof kept>[] = [];
  for (const chunk of chunks) parser.feed(chunk, (reply) => replies.push(kept(reply)) > 0);
  return replies;
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

it('reads the same however the stream is torn', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 30 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const sorted = [0, ...positions.sort((a, b) => a - b), stream.length];
      const chunks = sorted.slice(1).map((end, i) => stream.subarray(sorted[i], end));
      expect(parsed(chunks)).toEqual(parsed([stream]));
    }),
  );
  expect(parsed(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(parsed([stream]));
});

it.each(['k', 'key', 'other', 'oth', 'YQ==', 'y'])('reads the same when it expects %s', (key) =>
  expect(parsed([stream], key)).toEqual(parsed([stream])),
);

it('knows the key that it expects, and no other', () => {
  const seen: boolean[] = [];
  new MetaParser(0, () => 'ab').feed(
    Buffer.from('HD kab O1\r\nHD kabc O2\r\nHD ka O3\r\nHD O4 kab\r\n'),
    ({ isExpected }) => seen.push(isExpected) > 0,
  );
  expect(seen).toEqual([true, false, false, true]);
});

it('joins a long value of many chunks once', () => {
  const value = Buffer.alloc(5_000_000, 'v');
  const whole = Buffer.concat([Buffer.from(`VA ${value.length} kk O1\r\n`), value, Buffer.from('\r\nMN\r\n')]);
  const chunks = Array.from({ length: Math.ceil(whole.length / 1000) }, (_, i) =>
    whole.subarray(i * 1000, (i + 1) * 1000),
  );
  expect(parsed(chunks).map(({ code, value }) => [code, value?.length])).toEqual([
    ['VA', 5_000_000],
    ['MN', undefined],
  ]);
});

it.each([
  ['a value without an end', 'VA 1 kk O1\r\n1234\r\n'],
  ['a value without a size', 'VA \r\n'],
  ['a word that is no number', 'HD Ox\r\n'],
  ['a word that is no number', 'VA -1 kk\r\n'],
  ['a line without an end', 'x'.repeat(9000)],
])('refuses %s', (why, text) => expect(() => parsed([Buffer.from(text)])).toThrow(why));

it('stops where it is told to', () => {
  const seen: string[] = [];
  new MetaParser().feed(Buffer.from('MN\r\nEN\r\nMN\r\n'), ({ code }) => seen.push(code) < 2);
  expect(seen).toEqual(['MN', 'EN']);
});
