import type { ContextReader } from './context-reader.js';
import { graphqlReader } from './graphql.reader.js';
import { httpReader } from './http.reader.js';
import { rpcReader } from './rpc.reader.js';
import { wsReader } from './ws.reader.js';

const READERS: Readonly<Record<string, ContextReader>> = {
  http: httpReader,
  graphql: graphqlReader,
  ws: wsReader,
  rpc: rpcReader,
};

/** A context without a reader of its own: no address and no headers, so its default bucket is the handler alone. */
const plainReader: ContextReader = (context) => ({
  request: context.getArgByIndex<unknown>(0),
  identity: context.getArgs(),
  address: () => undefined,
  refusal: (exception) => exception,
});

export function readerOf(type: string): ContextReader {
  return READERS[type] ?? plainReader;
}
