import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { UnauthorizedException } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { ProblemAs } from '../problem/problems.js';
import { Sessions } from './sessions.js';

const BEARER = /^Bearer +([\w-]{1,200})$/i;

@Injectable()
export class EditorGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  /** @throws UnauthorizedException without a token that holds, unless the configuration lets everybody edit. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.config.edits === 'open') return true;
    const http = context.switchToHttp();
    const token = BEARER.exec(http.getRequest<Request>().headers.authorization ?? '')?.[1];
    if (token !== undefined && (await this.sessions.holds(token))) return true;
    http.getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer');
    throw new UnauthorizedException('Edits need the token that POST /login answers, as Authorization: Bearer TOKEN.');
  }
}

/** For routes that change the data. */
export function EditorsOnly(): MethodDecorator {
  return applyDecorators(
    UseGuards(EditorGuard),
    ApiBearerAuth('editor'),
    ProblemAs(401, 'There is no token that holds: `POST /login` answers one.', {
      'WWW-Authenticate': { description: 'How to authenticate.', required: true, schema: { type: 'string' } },
    }),
  );
}
