import { Controller, Get, Query } from '@nestjs/common';
import { RateLimit } from '@rookery/limiter';
import { LibraryService } from './library.service.js';

@Controller('books')
@RateLimit('request')
export class LibraryController {
  constructor(private readonly library: LibraryService) {}

  @Get()
  find(@Query('q') words: string) {
    return this.library.find(words, 'reader');
  }
}
