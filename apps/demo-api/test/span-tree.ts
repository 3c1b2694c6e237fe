import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A span without children and events is its name alone. */
export type SpanTree = string | Readonly<{ name: string; events?: readonly string[]; spans?: readonly SpanTree[] }>;

/** The spans below a parent, in the order in which they ended. */
export function spanTree(
  spans: readonly ReadableSpan[],
  parentId: string,
  nameOf: (name: string) => string = (name) => name,
): readonly SpanTree[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parentId)
    .map((span) => {
      const name = nameOf(span.name);
      const below = spanTree(spans, span.spanContext().spanId, nameOf);
      const events = span.events.map((event) => event.name);
      if (below.length === 0 && events.length === 0) return name;
      return { name, ...(events.length > 0 ? { events } : {}), ...(below.length > 0 ? { spans: below } : {}) };
    });
}
