import type { Attributes } from '@opentelemetry/api';
import type { RelayBatchMessage } from '../../contracts/diagnostics.js';

export function relayAttributes({
  index,
  rows,
  documents,
  refused,
}: Pick<RelayBatchMessage, 'index' | 'rows' | 'documents' | 'refused'>): Attributes {
  return {
    'rookery.search.index': index,
    'rookery.search.rows': rows,
    'rookery.search.documents': documents,
    'rookery.search.refused': refused,
  };
}
