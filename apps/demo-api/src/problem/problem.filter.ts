import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { SearchAbortedError, SearchEngineUnavailableError, SearchNotFoundError } from '@rookery/search';
import { InvalidRequestException } from './invalid-request.exception.js';
import type { Problem } from './problem.js';

/** Answers every failure as `application/problem+json`; what nobody foresaw is logged and answered 500 without its message. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Request');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    // Its client has gone away, which is why it ended.
    if (error instanceof SearchAbortedError && response.closed) return;
    const problem = this.#toProblem(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.statusCode = problem.status;
    response.setHeader('Content-Type', 'application/problem+json');
    response.end(JSON.stringify(problem));
  }

  #toProblem(error: unknown): Problem {
    if (error instanceof SearchEngineUnavailableError)
      return problemOf(503, 'The search engine does not answer. Try again later.');
    if (error instanceof SearchNotFoundError && error.what === 'index')
      return problemOf(503, 'The passages are not indexed yet. Try again later.');
    if (!(error instanceof HttpException)) {
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return problemOf(500);
    }
    const body = error.getResponse();
    if (typeof body === 'object' && 'type' in body && 'status' in body) return body as Problem;
    // What each check of a health route found is more than that one of them failed.
    if (typeof body === 'object' && 'details' in body)
      return { ...problemOf(error.getStatus(), error.message), details: body.details };
    const problem = problemOf(error.getStatus(), error.message);
    return error instanceof InvalidRequestException ? { ...problem, errors: [...error.complaints] } : problem;
  }
}

function problemOf(status: number, detail?: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
  };
}
