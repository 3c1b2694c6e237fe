import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { IdParam } from '../problem/id-param.js';
import { Problems } from '../problem/problems.js';
import { AddressDto } from './address.dto.js';
import { AddressesService } from './addresses.service.js';

const CACHE_HEADER = {
  'X-Cache': {
    description: 'MISS when it was read from PostgreSQL for this request',
    required: true,
    schema: { type: 'string' as const, enum: ['HIT', 'MISS'] },
  },
};

@ApiTags('addresses')
@Controller('addresses')
export class AddressesController {
  constructor(private readonly addresses: AddressesService) {}

  @Get(':id')
  @ApiOperation({ summary: 'One address with its whole text, cached' })
  @ApiOkResponse({ type: AddressDto, headers: CACHE_HEADER })
  @Problems(400, 404, 500)
  async get(@Param() { id }: IdParam, @Res() response: Response): Promise<void> {
    const { answer, cache } = await this.addresses.get(id);
    response.setHeader('X-Cache', cache);
    response.setHeader('ETag', answer.etag);
    response.type('json').send(answer.json);
  }
}
