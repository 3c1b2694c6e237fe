import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProblemAs, Problems } from '../../problem/problems.js';
import { RoomFaults } from '../room-state.js';
import { MigrationStep, ServerChange } from './faults.dto.js';
import { Faults } from './faults.js';

@ApiTags('machine room')
@Controller('machine-room')
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Post('servers')
  @HttpCode(200)
  @ApiOperation({ summary: 'In the demo: freezes, resumes, kills or restarts one of its servers' })
  @ApiOkResponse({ type: RoomFaults })
  @Problems(400, 403, 502)
  @ProblemAs(404, 'No server of this run has this address.')
  change(@Body() { address, action, seconds }: ServerChange): Promise<RoomFaults> {
    return this.faults.change(address, action, seconds);
  }

  @Post('migration')
  @HttpCode(200)
  @ApiOperation({ summary: 'In the demo: migrates the mapping of the passages, or rolls that back' })
  @ApiOkResponse({ type: RoomFaults })
  @Problems(400, 403, 409)
  migrate(@Body() { step }: MigrationStep): RoomFaults {
    return this.faults.migrate(step);
  }
}
