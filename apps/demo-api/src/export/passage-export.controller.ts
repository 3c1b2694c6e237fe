import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { RateLimit } from '@rookery/limiter';
import { ndjson } from '../ndjson.js';
import { Problems } from '../problem/problems.js';
import { SearchFilters } from '../search/search-filters.js';
import { PassageExport } from './passage-export.js';
import { exportCost } from './years.js';

@ApiTags('search')
@Controller('export')
export class PassageExportController {
  constructor(private readonly passages: PassageExport) {}

  @Get()
  @RateLimit('export', { cost: ({ request }) => exportCost((request as { query: object }).query) })
  @ApiOperation({ summary: 'All passages that match, one JSON document a line; each year asked for costs a token' })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ type: String })
  @Problems(400, 429, 503)
  export(@Query() filters: SearchFilters): Promise<StreamableFile> {
    return ndjson(this.passages.lines(filters));
  }
}
