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
import { checkCall } from '../../support/call-options.js';
import { having, type OptionTable } from '../../support/option-table.js';
import { relayAttributes } from './relay-attributes.js';

/** More links than this leave the span of a batch without the others, as SDKs would. */
const MAX_LINKS = 128;

export interface TraceContextOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
}

const OPTIONS: OptionTable<TraceContextOptions> = {
  tracerProvider: having('must be a TracerProvider', 'getTracer'),
};

/**
 * The option `traceContext` of `SearchModule`: changes that are written down for the relay are a span `outbox` of their request.
 * A batch of the relay whose changes come from one trace is a span below that one, and so are the requests to the engine
 * within; a batch of several traces has one of its own, linked to theirs (128 at most). Needs `@opentelemetry/api` and a context manager, as the Node SDK has.
 *
 * @throws SearchOptionError
 * @example SearchModule.forRoot({ engine, sync: 'outbox', traceContext: openTelemetryTraceContext() })
 */
export function openTelemetryTraceContext(options: TraceContextOptions = {}): TraceContext {
  checkCall('openTelemetryTraceContext', options, OPTIONS);
  const { tracerProvider = trace } = options;
  const tracer = tracerProvider.getTracer('@rookery/search');
  return {
    current: () => {
      const active = trace.getSpanContext(context.active());
      if (!active || !isSpanContextValid(active)) return undefined;
      const span = tracer.startSpan('outbox', { kind: SpanKind.PRODUCER }, context.active());
      span.end(); // They are handed over; whether they are committed, the transaction's own spans show.
      return traceparentOf(span.spanContext());
    },
    async resume(index, causes, batch) {
      const parents = causes.map(spanContextOf);
      const [first, ...others] = parents;
      const ofOne = first !== undefined && others.every(({ traceId }) => traceId === first.traceId);
      const parent = ofOne ? trace.setSpanContext(ROOT_CONTEXT, first) : ROOT_CONTEXT;
      const links = (ofOne ? others : parents).slice(0, MAX_LINKS).map((linked) => ({ context: linked }));
      const span = tracer.startSpan(`relay ${index}`, { kind: SpanKind.CONSUMER, links }, parent);
      try {
        const message = await context.with(trace.setSpan(parent, span), batch);
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
