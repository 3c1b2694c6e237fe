import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { LimitExport } from '../limits/at-once.js';
import { ndjson } from '../ndjson.js';
import { linesOf } from '../openapi/stream-response.js';
import { Problems } from '../problem/problems.js';
import { SearchHit } from '../search/search-answer.js';
import { SearchFilters } from '../search/search-filters.js';
import { PassageExport } from './passage-export.js';
import { exportCost } from './years.js';

@ApiTags('search')
@Controller('export')
export class PassageExportController {
  constructor(
    private readonly passages: PassageExport,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  @Get()
  @LimitExport(exportCost)
  @ApiOperation({ summary: 'All passages that match, one JSON document a line; each requested year costs a token' })
  @ApiOkResponse(linesOf(SearchHit))
  @ApiExtraModels(SearchHit)
  @Problems(400, 500, 503)
  export(@Query() filters: SearchFilters): Promise<StreamableFile> {
    return ndjson(this.passages.lines(filters), this.config.exportTimeoutMs);
  }
}
