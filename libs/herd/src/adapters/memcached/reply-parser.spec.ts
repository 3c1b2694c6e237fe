import { constants } from 'node:buffer';
import fc from 'fast-check';

import { GarbledReply } from './reply-cutter.js';
import { ReplyParser } from './reply-parser.js';
import type { Reply } from './reply-parser.js';

const { MAX_STRING_LENGTH } = constants;
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const data = fc.oneof(
  fc.string({ unit: byte, maxLength: 40 }),
  fc.constantFrom('', '\r\n', '\r\nEND\r\n', 'VALUE a 0 1\r\nx\r\n', 'STORED\r\n'),
);
const value = fc.record({
  key: fc.string({ unit: fc.constantFrom('a', 'b', '\xc3', '\xa9', ':'), minLength: 1, maxLength: 9 }),
  flags: fc.nat(),
  cas: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String), { nil: undefined }),
  data,
});
const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc
    .constantFrom('STORED', 'NOT_FOUND', 'ERROR', 'SERVER_ERROR out of memory', '42', 'VERSION 1.6.18')
    .map((line): Reply => ({ kind: 'line', line })),
  fc.array(value, { maxLength: 4 }).map((values): Reply => ({ kind: 'end', values, stats: [] })),
  fc
    .array(fc.constantFrom('pid 7', 'version 1.6', 'empty '), { maxLength: 4 })
    .map((stats): Reply => ({ kind: 'end', values: [], stats })),
);

const written = (each: Reply): string =>
  each.kind === 'line'
    ? `${each.line}\r\n`
    : each.values
        .map(({ key, flags, cas, data: value }) => {
          const text = value.toString('latin1');
          return `VALUE ${key} ${flags} ${text.length}${cas === undefined ? '' : ` ${cas}`}\r\n${text}\r\n`;
        })
        .join('') +
      each.stats.map((row) => `STAT ${row}\r\n`).join('') +
      'END\r\n';

function torn(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => text.slice(start, places[i]));
}

/** As a connection feeds it: the bytes of a chunk are others' afterwards. */
function fed(parser: ReplyParser, chunk: string): readonly Reply[] {
  const replies: Reply[] = [];
  const shared = Buffer.from(chunk, 'latin1');
  parser.feed(shared, (each) => replies.push(each) > 0);
  shared.fill('!');
  return replies;
}

/** Each value as a text of one character per byte. */
const readable = (each: Reply): Reply =>
  each.kind === 'line'
    ? each
    : { ...each, values: each.values.map((one) => ({ ...one, data: one.data.toString('latin1') })) };

describe('ReplyParser', () => {
  it('reads back what was written, however it is torn and whatever the values hold', () => {
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), (replies, cuts) => {
        const parser = new ReplyParser();
        const read = torn(replies.map(written).join(''), cuts).flatMap((chunk) => fed(parser, chunk));
        expect(read.map(readable)).toEqual(replies);
      }),
      { numRuns: 500 },
    );
  });

  it('holds no more than what is not whole, however long the stream: here, longer than any text can be', () => {
    const half = 'x'.repeat(2 ** 19);
    const [head, tail] = [`VALUE a 0 ${2 * half.length}\r\n${half}`, `${half}\r\nEND\r\n`];
    const parser = new ReplyParser();
    expect(fed(parser, head)).toEqual([]);
    const chunk = Buffer.from(tail + head, 'latin1');
    const times = Math.ceil(MAX_STRING_LENGTH / chunk.length) + 1;
    let read = 0;
    for (let sent = 0; sent < times; sent += 1) parser.feed(chunk, () => (read += 1) > 0);
    expect(read).toBe(times);
  });

  it.each([0, 16_384, 100_000])('reads a value of %i bytes, of text or not, whole or torn', (size) => {
    for (const pattern of ['x', '\xff\r\n'])
      for (const cuts of [[], [20, 40_000], [30, 16_420, size + 20]]) {
        const data = Buffer.alloc(size, pattern, 'latin1').toString('latin1');
        const stored: Reply = { kind: 'end', values: [{ key: 'a', flags: 1, cas: undefined, data }], stats: [] };
        const parser = new ReplyParser();
        const read = torn(written(stored), cuts).flatMap((chunk) => fed(parser, chunk).map(readable));
        // To show how two long texts differ would take seconds.
        expect(JSON.stringify(read) === JSON.stringify([stored])).toBe(true);
      }
  });

  it('drops the values before an error in their midst', () => {
    expect(fed(new ReplyParser(), 'VALUE a 0 1\r\nx\r\nSERVER_ERROR out of memory\r\nEND\r\n')).toEqual([
      { kind: 'line', line: 'SERVER_ERROR out of memory' },
      { kind: 'end', values: [], stats: [] },
    ]);
  });

  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a value shorter than it says', 'VALUE a 0 1\r\nxyz\r\nEND\r\n'],
    ['a value without a length', 'VALUE a 0\r\n'],
    ['a line without an end', 'x'.repeat(10_000)],
  ])('refuses %s', (_case, text) => expect(() => fed(new ReplyParser(), text)).toThrow(GarbledReply));
});
