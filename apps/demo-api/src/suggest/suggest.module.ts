import { Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { SuggestController } from './suggest.controller.js';
import { SuggestService } from './suggest.service.js';

@Module({
  imports: [SearchModule.forFeature([Passage])],
  controllers: [SuggestController],
  providers: [SuggestService],
})
export class SuggestModule {}
