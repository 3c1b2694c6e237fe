import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Herd, type HerdSnapshot, InjectHerd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { SkipRateLimit } from '@rookery/limiter';
import { TOPOLOGY } from './topology.schema.js';

@ApiTags('health')
@Controller('herd/topology')
@SkipRateLimit()
export class TopologyController {
  constructor(@InjectHerd('cache') private readonly herd: Herd<MemcachedCommands>) {}

  @Get()
  @ApiOperation({ summary: 'The nodes of the herd: their states, counts and shares of the keys' })
  @ApiOkResponse({ schema: TOPOLOGY })
  read(): HerdSnapshot {
    return this.herd.snapshot();
  }
}
