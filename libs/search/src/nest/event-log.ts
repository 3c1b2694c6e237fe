import { Logger } from '@nestjs/common';
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

function lineOf(event: SearchEvent): string {
  switch (event.type) {
    case 'publish-delayed':
      return `${event.index}: ${event.pending} changes wait: ${messageOf(event.error)}`;
    case 'publish-resumed':
      return `${event.index}: changes are written again`;
    case 'documents-refused':
      return `${event.index}: ${event.failures.length} documents were refused, first ${event.failures[0]?.id}: ${event.failures[0]?.reason}`;
    case 'changes-dropped':
      return `${event.index}: ${event.count} changes are not in the index (${event.reason}); indexAll() brings them back`;
    case 'capture-failed':
      return `a flush could not be read for changes: ${messageOf(event.error)}`;
    case 'relay-delayed':
      return `the relay cannot read the outbox: ${messageOf(event.error)}`;
    case 'relay-resumed':
      return 'the relay reads the outbox again';
    case 'migration-failed':
      return `${event.index}: the migration failed: ${messageOf(event.error)}`;
    case 'shadow-refused':
      return `${event.index}: ${event.failures.length} documents were refused, first ${event.failures[0]?.id}: ${event.failures[0]?.reason}`;
    case 'indices-delayed':
      return `indices are not ready yet: ${messageOf(event.error)}`;
    case 'slow-query':
      return `${event.index}: a search took ${Math.round(event.tookMs)} ms: ${JSON.stringify(event.body)}`;
    case 'indices-ready':
      return `indices are ready: ${event.indices.join(', ')}`;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'object' && error !== null && 'reason' in error ? String(error.reason) : String(error);
}
