import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UntilGone } from '../http/until-gone.js';
import { Problems } from '../problem/problems.js';
import { SuggestParameters, Suggestions } from './suggest.dto.js';
import { SuggestService } from './suggest.service.js';

@ApiTags('search')
@Controller('suggest')
export class SuggestController {
  constructor(private readonly service: SuggestService) {}

  @Get()
  @ApiOperation({ summary: 'Presidents and addresses that begin with what was typed so far' })
  @ApiOkResponse({ type: Suggestions })
  @Problems(400, 500, 503)
  suggest(@Query() parameters: SuggestParameters, @UntilGone() signal: AbortSignal): Promise<Suggestions> {
    return this.service.suggest(parameters, signal);
  }
}
