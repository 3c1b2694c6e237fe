import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags, ApiTooManyRequestsResponse } from '@nestjs/swagger';
import { RateLimit } from '@rookery/limiter';
import { Problem } from '../problem/problem.js';
import { AddressExport } from './address-export.js';
import { exportCost, Years } from './years.js';

@ApiTags('addresses')
@Controller('addresses/export')
export class ExportController {
  constructor(private readonly addresses: AddressExport) {}

  @Get()
  @RateLimit('export', { cost: ({ request }) => exportCost((request as { query: object }).query) })
  @ApiOperation({ summary: 'Whole addresses, one JSON document a line; each year asked for costs a token' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ type: String })
  @ApiBadRequestResponse({ type: Problem })
  @ApiTooManyRequestsResponse({ type: Problem })
  export(@Query() years: Years): StreamableFile {
    return new StreamableFile(Readable.from(this.addresses.lines(years)), { type: 'application/x-ndjson' });
  }
}
