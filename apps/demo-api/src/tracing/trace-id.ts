import { isSpanContextValid, trace } from '@opentelemetry/api';

/** @returns the id of the trace that is under way, 32 hexadecimal digits; `undefined` when there is none. */
export function currentTraceId(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active.traceId : undefined;
}
