import { Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { SimilarController } from './similar.controller.js';
import { SimilarService } from './similar.service.js';

@Module({
  imports: [SearchModule.forFeature([Passage])],
  controllers: [SimilarController],
  providers: [SimilarService],
})
export class SimilarModule {}
