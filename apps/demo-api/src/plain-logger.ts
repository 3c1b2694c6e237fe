import type { LoggerService } from '@nestjs/common';
import type { Output } from './data/progress.js';

/** Contexts whose news matters to a person also when nothing is wrong; the rest is Nest telling what it sets up. */
const LIBRARIES = /^(Search|Herd|Limiter)/;

/** Nest's name for a start that failed: its error is thrown as well, and reported by whoever started the application. */
const FAILED_START = 'ExceptionHandler';

/** One plain line for a warning, an error, or news of the three libraries; it names the trace that it is part of. */
export class PlainLogger implements LoggerService {
  constructor(
    private readonly output: Output,
    private readonly traceId: () => string | undefined = () => undefined,
  ) {}

  log(message: unknown, context?: string): void {
    if (context !== undefined && LIBRARIES.test(context)) this.warn(message, context);
  }

  warn(message: unknown, context?: string): void {
    const trace = this.traceId();
    const from = [context ?? [], trace === undefined ? [] : `(trace ${trace})`].flat().join(' ');
    this.output.write(`${from === '' ? '' : `${from}: `}${String(message)}\n`);
  }

  error(message: unknown, ...details: unknown[]): void {
    const [context, stack] = [details.at(-1), details.length > 1 ? details[0] : undefined].map((detail) =>
      typeof detail === 'string' ? detail : undefined,
    );
    if (context !== FAILED_START) this.warn(stack === undefined ? message : `${String(message)}\n${stack}`, context);
  }
}
