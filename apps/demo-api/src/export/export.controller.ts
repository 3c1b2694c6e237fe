import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AddressDto } from '../addresses/address.dto.js';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { LimitExport } from '../limits/at-once.js';
import { ndjson } from '../ndjson.js';
import { linesOf } from '../openapi/stream-response.js';
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
  @ApiOperation({ summary: 'Whole addresses, one JSON document a line; each requested year costs a token' })
  @ApiOkResponse(linesOf(AddressDto))
  @ApiExtraModels(AddressDto)
  @Problems(400, 500)
  export(@Query() years: Years): Promise<StreamableFile> {
    return ndjson(this.addresses.lines(years), this.config.exportTimeoutMs);
  }
}
