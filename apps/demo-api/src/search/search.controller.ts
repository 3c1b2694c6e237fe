import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags, ApiTooManyRequestsResponse } from '@nestjs/swagger';
import { RateLimit } from '@rookery/limiter';
import { Problem } from '../problem/problem.js';
import { SearchAnswer } from './search-answer.js';
import { SearchParameters } from './search-parameters.js';
import { PassageSearch } from './passage-search.js';

@ApiTags('search')
@Controller('search')
export class SearchController {
  constructor(private readonly service: PassageSearch) {}

  @Get()
  @RateLimit('search')
  @ApiOperation({ summary: 'Passages that match, with facets' })
  @ApiOkResponse({ type: SearchAnswer })
  @ApiBadRequestResponse({ type: Problem })
  @ApiTooManyRequestsResponse({ type: Problem })
  @ApiServiceUnavailableResponse({ type: Problem, description: 'OpenSearch does not answer.' })
  search(@Query() parameters: SearchParameters): Promise<SearchAnswer> {
    return this.service.search(parameters);
  }
}
