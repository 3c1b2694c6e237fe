import { Module } from '@nestjs/common';
import { AddressExport } from './address-export.js';
import { ExportController } from './export.controller.js';

@Module({ controllers: [ExportController], providers: [AddressExport] })
export class ExportModule {}
