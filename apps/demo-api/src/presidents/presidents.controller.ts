import { Body, Controller, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EditorsOnly } from '../login/editors-only.js';
import { IdParam } from '../problem/id-param.js';
import { InvalidRequestException } from '../problem/invalid-request.exception.js';
import { Problems } from '../problem/problems.js';
import { PresidentChange, PresidentDto } from './president.dto.js';
import { PresidentsService } from './presidents.service.js';

@ApiTags('presidents')
@Controller('presidents')
export class PresidentsController {
  constructor(private readonly presidents: PresidentsService) {}

  @Patch(':id')
  @EditorsOnly()
  @ApiOperation({ summary: "Changes a president's name or party; search follows" })
  @ApiOkResponse({ type: PresidentDto })
  @Problems(400, 404, 409, 500)
  change(@Param() { id }: IdParam, @Body() change: PresidentChange): Promise<PresidentDto> {
    if (change.name === undefined && change.party === undefined) {
      throw new InvalidRequestException([{ parameter: 'body', message: 'body must have name, party or both' }]);
    }
    return this.presidents.change(id, change);
  }
}
