import { Client } from '@opensearch-project/opensearch';
import type { CallOptions } from '../../contracts/engine.js';
import { type RequestDiagnostics } from '../../contracts/diagnostics.js';
import { requestChannel } from '../../support/channels.js';
import { SearchEngineUnavailableError } from '../../errors/engine.errors.js';
import { SearchError } from '../../errors/search-error.js';
import { backoffMs } from '../../support/backoff.js';
import { pause } from '../../support/pause.js';
import { askOver, type Ask } from './ask.js';
import { assertAnswer } from './answer-check.js';
import type { AnswerShape } from './answer-shape.js';
import { CallEnd } from './call-end.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { toSearchError } from './error-mapping.js';
import { hedged } from './hedge.js';
import { isRepeatable, isSearch } from './repeatable.js';
import { choosingTransport, NodeChoice } from './node-choice.js';
import { RetryBudget } from './retry-budget.js';
import { SearchGate } from './search-gate.js';
import { ExactSerializer } from './serializer.js';
import type { ResolvedOpenSearchOptions } from './options.js';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Segments of the path; each is escaped. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Newline-delimited JSON, sent as it is. */
  readonly lines?: string | Buffer;
  /** What its answer has to have: all else is none of an engine. */
  readonly answer: AnswerShape;
}

/** What a request needs besides its deadline. */
interface Attempt {
  readonly call: string;
  /** Of the caller, of the deadline and of the engine that is closed. */
  readonly end: CallEnd;
  /** The same; of a hedged try also the other one's answer. */
  readonly ended: AbortSignal;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly opaqueId: string | undefined;
  readonly choice: NodeChoice;
}

/** Wait before a read is sent a third time, in milliseconds; the second goes at once, on another socket or node. */
const PAUSE = { baseMs: 20, maxMs: 200 };

/** A read without an answer after this part of its deadline is sent to another node as well. */
const HEDGE_SHARE = 3;

/** Requests with a deadline, over the official client; whatever fails is one of our errors. */
export class OpenSearchHttp {
  private readonly client: Client;
  private readonly ask: Ask;
  private readonly underWay = new Set<CallEnd>();
  private isClosed = false;
  private ending: Promise<void> | undefined;
  private readonly budget = new RetryBudget();
  private readonly breaker: CircuitBreaker | undefined;
  private readonly gate: SearchGate;

  constructor(
    private readonly engine: string,
    private readonly options: ResolvedOpenSearchOptions,
  ) {
    // Retries belong here: the client cannot decide what is safe to send twice, nor how long it may take.
    this.client = new Client({
      ...options.client,
      Transport: choosingTransport(options.client),
      Serializer: ExactSerializer,
      maxRetries: 0,
    });
    this.ask = askOver(this.client.transport, options.client);
    this.breaker = options.circuitBreaker && new CircuitBreaker(options.circuitBreaker, () => performance.now());
    this.gate = new SearchGate(options.maxConcurrentSearches, options.maxWaitingSearches);
  }

  async send<Body>(
    request: HttpRequest,
    { timeoutMs, signal }: CallOptions & { readonly timeoutMs: number },
  ): Promise<Body> {
    const call = `${request.method} /${request.path.join('/')}`;
    if (signal?.aborted) throw toSearchError(signal.reason, this.engine, call, signal);
    if (this.isClosed) throw this.closed(call);
    const opaqueId = this.options.opaqueId?.();
    // A deadline of our own: the client's ends silence on the socket, not an answer that trickles in.
    const end = new CallEnd(timeoutMs, signal);
    this.underWay.add(end);
    const attempt: Attempt = { call, end, ended: end.signal, timeoutMs, signal, opaqueId, choice: new NodeChoice() };
    const began = performance.now();
    let outcome = 'ok';
    try {
      return await this.gated(request, attempt, () =>
        this.guarded(attempt, () => this.repeated<Body>(request, attempt)),
      );
    } catch (error) {
      outcome = (error as SearchError).code;
      throw error;
    } finally {
      end.release();
      this.underWay.delete(end);
      if (requestChannel.hasSubscribers)
        requestChannel.publish(this.diagnosticsOf(request, performance.now() - began, outcome, opaqueId));
    }
  }

  /** Ends requests under way: the client's own close would wait for them, a hanging node's up to their deadline. */
  close(): Promise<void> {
    this.isClosed = true;
    for (const end of this.underWay) end.end(new Error('the engine was closed'));
    // The client never answers whoever closes it again.
    return (this.ending ??= this.client.close());
  }

  private async gated<Body>(request: HttpRequest, attempt: Attempt, work: () => Promise<Body>): Promise<Body> {
    if (!isSearch(request)) return work();
    const entry = await this.gate.enter(attempt.ended);
    if (entry === 'aborted') throw this.failureOf(attempt.ended.reason, attempt);
    if (entry === 'full') {
      const { maxRunning, maxWaiting } = this.gate;
      throw new SearchEngineUnavailableError(
        this.engine,
        'overloaded',
        `${attempt.call} was not sent: ${maxRunning} searches run and ${maxWaiting} wait (openSearch.maxConcurrentSearches, maxWaitingSearches)`,
      );
    }
    try {
      return await work();
    } finally {
      this.gate.leave();
    }
  }

  /** Sends a read again where a node or a socket was lost, within the deadline and the budget of the engine. */
  private async repeated<Body>(request: HttpRequest, attempt: Attempt): Promise<Body> {
    const retries = isRepeatable(request) ? this.options.readRetries : 0;
    this.budget.earn();
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.hedged<Body>(request, attempt, retries > 0);
      } catch (error) {
        if (!isUnanswered(error) || attempt.ended.aborted || tries > retries || !this.budget.spend()) throw error;
        if (tries > 1) await pause(backoffMs(tries, PAUSE, 1), attempt.ended);
      }
    }
  }

  /** A node that hangs loses no connection: after a share of the deadline another one is tried beside it. */
  private async hedged<Body>(request: HttpRequest, attempt: Attempt, repeatable: boolean): Promise<Body> {
    if (!repeatable || this.options.nodes.length < 2) return this.once<Body>(request, attempt);
    const work = (ended: AbortSignal): Promise<Body> =>
      this.once<Body>(request, { ...attempt, ended: AbortSignal.any([attempt.ended, ended]) });
    return hedged(work, {
      afterMs: attempt.timeoutMs / HEDGE_SHARE,
      may: () => !attempt.ended.aborted && this.budget.spend(),
      unanswered: isUnanswered,
    });
  }

  /** The breaker counts calls, not their tries: one that another node answers shows that the engine is there. */
  private async guarded<Body>(attempt: Attempt, work: () => Promise<Body>): Promise<Body> {
    const refusal = this.breaker?.refusal();
    if (refusal)
      throw new SearchEngineUnavailableError(
        this.engine,
        refusal.reason,
        `${attempt.call} was not sent: the engine did not answer, and is tried again in ${refusal.retryAfterMs} ms`,
        refusal,
      );
    try {
      const body = await work();
      this.breaker?.answered();
      return body;
    } catch (error) {
      this.judge(error, attempt);
      throw error;
    }
  }

  private judge(error: unknown, { end, ended, timeoutMs }: Attempt): void {
    if (!(error instanceof SearchEngineUnavailableError) || error.reason === 'overloaded')
      return ended.aborted && !end.late ? this.breaker?.abandoned() : this.breaker?.answered();
    // A short deadline of a caller is no sign of the engine's state.
    const hurried = error.reason === 'timeout' && timeoutMs < this.options.requestTimeoutMs;
    if (hurried || (ended.aborted && !end.late)) this.breaker?.abandoned();
    else this.breaker?.failed(error.reason);
  }

  private async once<Body>(request: HttpRequest, attempt: Attempt): Promise<Body> {
    const { reply, abort } = this.ask({
      method: request.method,
      path: `/${request.path.map(encodeURIComponent).join('/')}`,
      query: request.query,
      body: request.body,
      lines: request.lines,
      timeoutMs: attempt.timeoutMs,
      opaqueId: attempt.opaqueId,
      choice: attempt.choice,
    });
    attempt.ended.addEventListener('abort', abort, { once: true });
    try {
      const { body, statusCode, headers } = await reply;
      const answer = { body, status: statusCode, headers: { ...headers } };
      assertAnswer(this.engine, attempt.call, answer, request.answer);
      return body as Body;
    } catch (error) {
      throw this.failureOf(error, attempt);
    } finally {
      attempt.ended.removeEventListener('abort', abort);
    }
  }

  private failureOf(error: unknown, { call, end, timeoutMs, signal }: Attempt): SearchError {
    if (this.isClosed && !signal?.aborted) return this.closed(call, error);
    if (error instanceof SearchError) return error;
    return toSearchError(error, this.engine, call, signal, end.late ? timeoutMs : undefined);
  }

  private diagnosticsOf(
    { method, path }: HttpRequest,
    tookMs: number,
    outcome: string,
    opaqueId: string | undefined,
  ): RequestDiagnostics {
    const operation = path.slice(
      Math.max(
        0,
        path.findIndex((segment) => segment.startsWith('_')),
      ),
    );
    return {
      engine: this.engine,
      method,
      path: `/${path.join('/')}`,
      operation: operation[0]?.startsWith('_') ? operation[0] : '',
      tookMs,
      outcome,
      ...(opaqueId === undefined ? {} : { opaqueId }),
    };
  }

  private closed(call: string, cause?: unknown): SearchEngineUnavailableError {
    return new SearchEngineUnavailableError(this.engine, 'connection', `no answer to ${call}: the engine was closed`, {
      cause,
    });
  }
}

/** Whether no node answered: another one may. */
function isUnanswered(error: unknown): boolean {
  return error instanceof SearchEngineUnavailableError && isLost(error);
}

/** Whether another node or socket may do better. 429 requires a pause instead. */
function isLost({ reason, cause }: SearchEngineUnavailableError): boolean {
  if (reason === 'connection') return true;
  return (
    reason === 'overloaded' && (cause as { statusCode?: number } | undefined)?.statusCode !== 429 && cause !== undefined
  );
}
