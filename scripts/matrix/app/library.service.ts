import { Injectable } from '@nestjs/common';
import { InjectHerd, type Herd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { InjectLimiter, Limiter } from '@rookery/limiter';
import { InjectSearchRepository, type SearchRepository } from '@rookery/search';
import { Book } from './book.entity.js';

@Injectable()
export class LibraryService {
  constructor(
    @InjectSearchRepository(Book) private readonly books: SearchRepository<Book>,
    @InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>,
    @InjectLimiter() private readonly limiter: Limiter,
  ) {}

  async find(words: string, caller: string): Promise<{ titles: string[]; from: 'cache' | 'index' | 'refused' }> {
    const { allowed } = await this.limiter.consume('find', caller);
    if (!allowed) return { titles: [], from: 'refused' };
    const key = `${process.env.DB_NAME}:${words}`;
    const cached = await this.cache.get<string[]>(key);
    if (cached) return { titles: cached, from: 'cache' };
    const page = await this.books
      .query()
      .must((q) => q.match('title', words))
      .search();
    const titles = page.hits.map(({ source }) => source.title);
    await this.cache.set(key, titles, { ttl: '1m' });
    return { titles, from: 'index' };
  }
}
