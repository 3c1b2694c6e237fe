import { Logger } from '@nestjs/common';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import type { SearchEvent, SearchEventListener } from '../contracts/search-event.js';

const logger = new Logger('Search');

/** One line per event in Nest's log, then the application's own listener. */
export function logged(next: SearchEventListener | undefined): SearchEventListener {
  return (event) => {
    if (event.type === 'indices-ready' || event.type === 'publish-resumed' || event.type === 'relay-resumed')
      logger.log(lineOf(event));
    else logger.warn(lineOf(event));
    next?.(event);
  };
}

const LINES: { readonly [T in SearchEvent['type']]: (event: Extract<SearchEvent, { type: T }>) => string } = {
  'publish-delayed': ({ index, pending, error }) => `${index}: ${pending} changes wait: ${messageOf(error)}`,
  'publish-resumed': ({ index }) => `${index}: changes are written again`,
  'documents-refused': ({ index, failures }) => refusedLine(index, failures),
  'shadow-refused': ({ index, failures }) => refusedLine(index, failures),
  'changes-dropped': ({ index, count, reason }) =>
    `${index}: ${count} changes are not in the index (${reason}); indexAll() brings them back`,
  'capture-failed': ({ error }) => `a flush could not be read for changes: ${messageOf(error)}`,
  'trace-lost': ({ error }) => `changes are written without their trace: ${messageOf(error)}`,
  'relay-delayed': ({ error }) => `the relay cannot read the outbox: ${messageOf(error)}`,
  'relay-resumed': () => 'the relay reads the outbox again',
  'migration-failed': ({ index, error }) => `${index}: the migration failed: ${messageOf(error)}`,
  'indices-delayed': ({ error }) => `indices are not ready yet: ${messageOf(error)}`,
  'indices-ready': ({ indices }) => `indices are ready: ${indices.join(', ')}`,
  'slow-query': ({ index, tookMs, body }) =>
    `${index}: a search took ${Math.round(tookMs)} ms: ${JSON.stringify(body)}`,
};

function lineOf(event: SearchEvent): string {
  return (LINES[event.type] as (event: SearchEvent) => string)(event);
}

function refusedLine(index: string, failures: readonly BulkFailure[]): string {
  return `${index}: ${failures.length} documents were refused, first ${failures[0]?.id}: ${failures[0]?.reason}`;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'object' && error !== null && 'reason' in error ? String(error.reason) : String(error);
}
