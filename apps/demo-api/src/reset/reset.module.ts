import { Module } from '@nestjs/common';
import { AddressesModule } from '../addresses/addresses.module.js';
import { LoginModule } from '../login/login.module.js';
import { ResetController } from './reset.controller.js';
import { ResetService } from './reset.service.js';

@Module({ imports: [AddressesModule, LoginModule], controllers: [ResetController], providers: [ResetService] })
export class ResetModule {}
