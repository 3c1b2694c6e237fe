import { Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { SearchController } from './search.controller.js';
import { PassageSearch } from './passage-search.js';

@Module({ imports: [SearchModule.forFeature([Passage])], controllers: [SearchController], providers: [PassageSearch] })
export class PassageSearchModule {}
