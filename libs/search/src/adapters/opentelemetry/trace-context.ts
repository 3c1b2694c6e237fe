import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type SpanContext,
  type TracerProvider,
} from '@opentelemetry/api';
import type { TraceContext } from '../../contracts/trace-context.js';
import { OptionProblems } from '../../support/option-problems.js';
import { checkOptions, type OptionTable } from '../../support/option-table.js';
import { relayAttributes } from './relay-attributes.js';

/** More links than this leave the span of a batch without the others, as SDKs would. */
const MAX_LINKS = 128;

export interface TraceContextOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
}

const OPTIONS: OptionTable<TraceContextOptions> = {
  tracerProvider: {
    accepts: (value) => typeof (value as Partial<TracerProvider> | null)?.getTracer === 'function',
    requirement: 'must be a TracerProvider',
  },
};

/**
 * The option `traceContext` of `SearchModule`: a batch of the relay whose changes come from one request is a span of that
 * request's trace, and so are the requests to the engine within; a batch of several requests has a trace of its own,
 * linked to theirs (128 at most). Needs `@opentelemetry/api` and a context manager, as the Node SDK has.
 *
 * @throws SearchOptionError
 * @example SearchModule.forRoot({ engine, sync: 'outbox', traceContext: openTelemetryTraceContext() })
 */
export function openTelemetryTraceContext(options: TraceContextOptions = {}): TraceContext {
  const problems = new OptionProblems();
  checkOptions(problems, options, OPTIONS);
  problems.throwIfAny();
  const { tracerProvider = trace } = options;
  const tracer = tracerProvider.getTracer('@rookery/search');
  return {
    current: () => {
      const active = trace.getSpanContext(context.active());
      return active && isSpanContextValid(active) ? traceparentOf(active) : undefined;
    },
    async resume(index, causes, batch) {
      const parents = causes.map(spanContextOf);
      const [parent] = parents;
      const only = parents.length === 1 && parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : undefined;
      const links = only ? [] : parents.slice(0, MAX_LINKS).map((linked) => ({ context: linked }));
      const span = tracer.startSpan(`relay ${index}`, { kind: SpanKind.CONSUMER, links }, only ?? ROOT_CONTEXT);
      try {
        const message = await context.with(trace.setSpan(only ?? ROOT_CONTEXT, span), batch);
        span.setAttributes(relayAttributes(message));
        if (message.released) span.setStatus({ code: SpanStatusCode.ERROR, message: 'released' });
        return message;
      } finally {
        span.end();
      }
    },
  };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Of what `traceparentOf` wrote. */
function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
