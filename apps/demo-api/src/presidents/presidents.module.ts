import { Module } from '@nestjs/common';
import { AddressesModule } from '../addresses/addresses.module.js';
import { LoginModule } from '../login/login.module.js';
import { PresidentsController } from './presidents.controller.js';
import { PresidentsService } from './presidents.service.js';

@Module({
  imports: [AddressesModule, LoginModule],
  controllers: [PresidentsController],
  providers: [PresidentsService],
})
export class PresidentsModule {}
