import { Module } from '@nestjs/common';
import { SearchModule } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { AddressExport } from './address-export.js';
import { ExportController } from './export.controller.js';
import { PassageExportController } from './passage-export.controller.js';
import { PassageExport } from './passage-export.js';

@Module({
  imports: [SearchModule.forFeature([Passage])],
  controllers: [ExportController, PassageExportController],
  providers: [AddressExport, PassageExport],
})
export class ExportModule {}
