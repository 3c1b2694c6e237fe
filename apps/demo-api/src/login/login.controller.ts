import { createHash, timingSafeEqual } from 'node:crypto';
import { Body, Controller, Header, HttpCode, Inject, Post, UnauthorizedException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimit } from '@rookery/limiter';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Problems } from '../problem/problems.js';
import { Login, LoginAnswer } from './login.dto.js';
import { Sessions } from './sessions.js';

@ApiTags('login')
@Controller('login')
export class LoginController {
  constructor(
    private readonly sessions: Sessions,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /** Only attempts that fail count, so that nobody with the right password is ever refused by it. */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RateLimit('login')
  @ApiOperation({ summary: "A token for edits, for the editor's password; only wrong ones count against the limit" })
  @ApiOkResponse({ type: LoginAnswer })
  @Problems(400, 401, 500)
  async login(@Body() { password }: Login): Promise<LoginAnswer> {
    if (!timingSafeEqual(digest(password), digest(this.config.editorPassword)))
      throw new UnauthorizedException('The password is wrong.');
    const { token, expiresAt } = await this.sessions.open();
    return { token, expiresAt: expiresAt.toISOString() };
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
