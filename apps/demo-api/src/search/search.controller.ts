import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UntilGone } from '../http/until-gone.js';
import { LimitSearch } from '../limits/at-once.js';
import { Problems } from '../problem/problems.js';
import { SearchAnswer } from './search-answer.js';
import { SearchParameters } from './search-parameters.js';
import { PassageSearch } from './passage-search.js';

@ApiTags('search')
@Controller('search')
export class SearchController {
  constructor(private readonly service: PassageSearch) {}

  @Get()
  @LimitSearch()
  @ApiOperation({ summary: 'Passages that match, with facets' })
  @ApiOkResponse({ type: SearchAnswer })
  @Problems(400, 500, 503)
  search(@Query() parameters: SearchParameters, @UntilGone() signal: AbortSignal): Promise<SearchAnswer> {
    return this.service.search(parameters, { signal });
  }
}
