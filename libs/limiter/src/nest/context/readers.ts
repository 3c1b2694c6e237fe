import type { ContextReader } from './context-reader.js';
import { httpReader } from './http.reader.js';

const READERS: Readonly<Record<string, ContextReader>> = { http: httpReader };

/** A transport without a reader of its own: no address and no headers, so its default bucket is the handler alone. */
const plainReader: ContextReader = (context) => ({
  request: context.getArgByIndex<unknown>(0),
  identity: context,
  address: () => undefined,
});

export function readerOf(type: string): ContextReader {
  return READERS[type] ?? plainReader;
}
