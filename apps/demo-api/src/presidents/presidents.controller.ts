import { Body, Controller, Delete, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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

  @Delete(':id')
  @HttpCode(204)
  @EditorsOnly()
  @ApiOperation({ summary: 'Removes a president, whose addresses nobody finds until it is restored; search follows' })
  @ApiNoContentResponse({ description: 'Removed.' })
  @Problems(400, 404, 500)
  remove(@Param() { id }: IdParam): Promise<void> {
    return this.presidents.remove(id);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @EditorsOnly()
  @ApiOperation({ summary: 'Brings a removed president back; search follows' })
  @ApiOkResponse({ type: PresidentDto })
  @Problems(400, 404, 500)
  restore(@Param() { id }: IdParam): Promise<PresidentDto> {
    return this.presidents.restore(id);
  }
}
