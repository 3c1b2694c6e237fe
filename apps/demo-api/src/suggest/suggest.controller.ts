import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
  suggest(@Query() parameters: SuggestParameters): Promise<Suggestions> {
    return this.service.suggest(parameters);
  }
}
