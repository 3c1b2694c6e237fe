import { createHash, timingSafeEqual } from 'node:crypto';
import { Body, Controller, HttpCode, Inject, Post, UnauthorizedException } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RateLimit } from '@rookery/limiter';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { PlainText } from '../problem/plain-text.js';
import { Problems } from '../problem/problems.js';

export class Login {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @PlainText({ max: 200 })
  password!: string;
}

@ApiTags('login')
@Controller('login')
export class LoginController {
  constructor(@Inject(DEMO_CONFIG) private readonly config: DemoConfig) {}

  /** Only attempts that fail count, so that whoever knows the password is never held up by it. */
  @Post()
  @HttpCode(204)
  @RateLimit('login')
  @ApiOperation({ summary: "Checks the editor's password; only wrong ones count against the limit" })
  @ApiNoContentResponse({ description: 'Right.' })
  @Problems(400, 401, 429)
  login(@Body() { password }: Login): void {
    if (!timingSafeEqual(digest(password), digest(this.config.editorPassword)))
      throw new UnauthorizedException('The password is wrong.');
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
