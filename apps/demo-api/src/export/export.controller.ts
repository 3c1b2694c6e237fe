import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { LimitExport } from '../limits/at-once.js';
import { ndjson } from '../ndjson.js';
import { Problems } from '../problem/problems.js';
import { AddressExport } from './address-export.js';
import { exportCost, Years } from './years.js';

@ApiTags('addresses')
@Controller('addresses/export')
export class ExportController {
  constructor(
    private readonly addresses: AddressExport,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  @Get()
  @LimitExport(exportCost)
  @ApiOperation({ summary: 'Whole addresses, one JSON document a line; each year asked for costs a token' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ type: String })
  @Problems(400, 429)
  export(@Query() years: Years): Promise<StreamableFile> {
    return ndjson(this.addresses.lines(years), this.config.exportTimeoutMs);
  }
}
