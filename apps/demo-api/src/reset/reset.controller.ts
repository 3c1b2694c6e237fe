import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EditorsOnly } from '../login/editors-only.js';
import { Problems } from '../problem/problems.js';
import { ResetAnswer } from './reset.dto.js';
import { ResetService } from './reset.service.js';

@ApiTags('presidents')
@Controller('reset')
export class ResetController {
  constructor(private readonly service: ResetService) {}

  @Post()
  @HttpCode(200)
  @EditorsOnly()
  @ApiOperation({ summary: 'Takes back every edit: all presidents are as the data set has them; search follows' })
  @ApiOkResponse({ type: ResetAnswer })
  @Problems(400, 500)
  async reset(): Promise<ResetAnswer> {
    return { presidents: await this.service.reset() };
  }
}
