import { jsonCodec } from '@rookery/herd';
import fc from 'fast-check';
import { answerCodec, answerOf } from './cached-answer.js';

const stored = (value: unknown): unknown => answerCodec.decode(answerCodec.encode(value));

describe('the codec of answers', () => {
  it('gives back an answer byte by byte, with its ETag', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const answer = answerOf(value);
        expect(stored(answer)).toEqual(answer);
        expect(answer.json.toString()).toBe(JSON.stringify(value));
        expect(answer.etag).toMatch(/^W\/"[\w-]{27}"$/);
      }),
    );
  });

  it('gives back what carries an answer, as a cache does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, carrier) => {
        const carried = { ...(JSON.parse(JSON.stringify(carrier)) as object), value: answerOf(value) };
        expect(stored(carried)).toEqual(carried);
      }),
    );
  });

  it('has another ETag for another answer, and the same for the same', () => {
    expect(answerOf({ id: 1 }).etag).toBe(answerOf({ id: 1 }).etag);
    expect(answerOf({ id: 1 }).etag).not.toBe(answerOf({ id: 2 }).etag);
  });

  it('leaves all else to JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(answerCodec.encode(value)).toEqual(jsonCodec.encode(value))),
    );
    expect(answerCodec.decode(jsonCodec.encode({ etag: '"x"', json: 'y' }))).toEqual({ etag: '"x"', json: 'y' });
    expect(() => answerCodec.decode({ bytes: Buffer.from('{}'), flags: 5 })).toThrow('flags 5');
  });
});
