import { Injectable } from '@nestjs/common';
import { InjectSearchRepository, SearchRepository } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { toHit } from '../search/hit.js';
import { passageQuery } from '../search/passage-query.js';
import { refusalOf } from '../search/refusal.js';
import type { SearchFilters } from '../search/search-filters.js';

/** Hits in a request to OpenSearch. */
const PAGE = 200;

@Injectable()
export class PassageExport {
  constructor(@InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>) {}

  /** One hit a line, all that match, of one state of the index; OpenSearch forgets that state when the reader ends early. */
  async *lines(filters: SearchFilters): AsyncGenerator<string> {
    try {
      for await (const hit of this.passages.stream((query) => passageQuery(query, filters), { size: PAGE }))
        yield `${JSON.stringify(toHit(hit))}\n`;
    } catch (error) {
      throw refusalOf(error, filters);
    }
  }
}
