import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UntilGone } from '../http/until-gone.js';
import { LimitSearch } from '../limits/at-once.js';
import { IdParam } from '../problem/id-param.js';
import { Problems } from '../problem/problems.js';
import { SimilarAddresses, SimilarParameters } from './similar.dto.js';
import { SimilarService } from './similar.service.js';

@ApiTags('addresses')
@Controller('addresses/:id/similar')
export class SimilarController {
  constructor(private readonly service: SimilarService) {}

  @Get()
  @LimitSearch()
  @ApiOperation({ summary: 'Other addresses about the same' })
  @ApiOkResponse({ type: SimilarAddresses })
  @Problems(400, 404, 500, 503)
  similar(
    @Param() { id }: IdParam,
    @Query() parameters: SimilarParameters,
    @UntilGone() signal: AbortSignal,
  ): Promise<SimilarAddresses> {
    return this.service.similar(id, parameters, signal);
  }
}
