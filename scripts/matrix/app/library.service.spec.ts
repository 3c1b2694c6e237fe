import { Test } from '@nestjs/testing';
import { getHerdToken } from '@rookery/herd';
import { getLimiterToken } from '@rookery/limiter';
import { getSearchRepositoryToken } from '@rookery/search';
import { Book } from './book.entity.js';
import { LibraryService } from './library.service.js';

/** Answers each search with these titles. */
const booksOf = (...titles: string[]) => {
  const query = { must: () => query, search: async () => ({ hits: titles.map((title) => ({ source: { title } })) }) };
  return { query: () => query };
};

describe('the library, with a repository, a herd and a limiter that are test doubles', () => {
  const kept = new Map<string, unknown>();
  let allowed = true;
  let library: LibraryService;

  beforeEach(async () => {
    kept.clear();
    allowed = true;
    const module = await Test.createTestingModule({
      providers: [
        LibraryService,
        { provide: getSearchRepositoryToken(Book), useValue: booksOf('Walden') },
        {
          provide: getHerdToken('cache'),
          useValue: {
            get: async (key: string) => kept.get(key),
            set: async (key: string, value: unknown) => kept.set(key, value),
          },
        },
        { provide: getLimiterToken(), useValue: { consume: async () => ({ allowed }) } },
      ],
    }).compile();
    library = module.get(LibraryService);
  });

  it('asks the index once, then the cache', async () => {
    expect(await library.find('pond', 'reader')).toEqual({ titles: ['Walden'], from: 'index' });
    expect(await library.find('pond', 'reader')).toEqual({ titles: ['Walden'], from: 'cache' });
  });

  it('asks nobody for a reader who is refused', async () => {
    allowed = false;
    expect(await library.find('pond', 'reader')).toEqual({ titles: [], from: 'refused' });
    expect(kept.size).toBe(0);
  });
});
