import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';

const tracer = trace.getTracer('demo-api');

/**
 * A server span for each request, by the semantic conventions of HTTP: part of the caller's trace where the request names it by
 * `traceparent`, and the parent of all that the request does. It ends with the answer, or when the client goes away. Where an
 * instrumentation of HTTP has begun a span already, that one stays alone.
 */
export function requestSpan(request: Request, response: Response, next: NextFunction): void {
  if (trace.getActiveSpan() !== undefined) return next();
  const caller = propagation.extract(context.active(), request.headers);
  const attributes = {
    'http.request.method': request.method,
    'url.path': request.path,
    'url.scheme': request.protocol,
  };
  const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, caller);
  response.once('close', () => endOf(span, request, response));
  context.with(trace.setSpan(caller, span), next);
}

function endOf(span: Span, request: Request, response: Response): void {
  // Known once the request has been routed; the path itself would make a name for each id.
  const { path: route } = (request.route ?? {}) as { path?: unknown };
  if (typeof route === 'string') {
    span.updateName(`${request.method} ${route}`);
    span.setAttribute('http.route', route);
  }
  const { statusCode, writableFinished } = response;
  span.setAttribute('http.response.status_code', statusCode);
  const failure = statusCode >= 500 ? String(statusCode) : writableFinished ? undefined : 'cut off';
  if (failure !== undefined) {
    span.setAttribute('error.type', failure);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
