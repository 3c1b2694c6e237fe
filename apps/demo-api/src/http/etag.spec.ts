import express from 'express';
import { weakEtag } from './etag.js';

describe('the ETag of an answer', () => {
  const ofExpress = express().get('etag fn') as (body: string | Buffer) => string;

  it.each(['', '{}', 'é€😀', 'x'.repeat(100_000)])('is that of Express', (body) => {
    expect(weakEtag(body)).toBe(ofExpress(body));
    expect(weakEtag(Buffer.from(body))).toBe(ofExpress(body));
  });
});
