import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { settle } from './settlements.js';

/**
 * Tells `count: 'failures'` how a call ended where there is no HTTP response to tell it: in GraphQL, gateways and
 * microservices. Without it every call counts there. A handler that throws has failed.
 *
 * @example @UseInterceptors(RateLimitInterceptor)
 */
@Injectable()
export class RateLimitInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // HTTP is told by its response, whose filters may still turn an error into an answer.
    if (context.getType() === 'http') return next.handle();
    const call = context.getArgs();
    return next.handle().pipe(tap({ complete: () => settle(call, false), error: () => settle(call, true) }));
  }
}
