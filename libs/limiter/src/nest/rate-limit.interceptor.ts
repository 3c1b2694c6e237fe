import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { settle } from './settlements.js';

/**
 * Reports how a call ended to `count: 'failures'` where no HTTP response shows it: in GraphQL, gateways and
 * microservices. Without it every call counts there. A handler that throws has failed.
 *
 * @example @UseInterceptors(RateLimitInterceptor)
 */
@Injectable()
export class RateLimitInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // In HTTP the response shows it, as filters may still turn an error into an answer.
    if (context.getType() === 'http') return next.handle();
    const call = context.getArgs();
    return next.handle().pipe(tap({ complete: () => settle(call, false), error: () => settle(call, true) }));
  }
}
