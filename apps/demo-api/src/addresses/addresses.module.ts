import { Module } from '@nestjs/common';
import { AddressesController } from './addresses.controller.js';
import { AddressesService } from './addresses.service.js';
import { CacheCounts } from './cache-counts.js';

@Module({
  controllers: [AddressesController],
  providers: [AddressesService, CacheCounts],
  exports: [AddressesService, CacheCounts],
})
export class AddressesModule {}
