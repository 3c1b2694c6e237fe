import type { DocumentOf, Hit } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import type { SearchHit } from './search-answer.js';

/** A hit as it is answered. */
export function toHit({ score, source: { id, address, text }, highlights }: Hit<DocumentOf<Passage>>): SearchHit {
  return {
    id,
    score,
    address: { id: address.id, year: address.year, title: address.title },
    president: address.president,
    text,
    highlights: highlights['text'] ?? [],
  };
}
