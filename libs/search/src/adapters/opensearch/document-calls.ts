import { updateBody } from '../../document/update-body.js';
import type { DocumentPort, UpdateAnswer } from '../../contracts/document-port.js';
import type { EngineDocument, SearchRequest, SearchResponse } from '../../contracts/engine.js';
import { SearchEngineError, SearchNotFoundError } from '../../errors/engine.errors.js';
import { assertPart, isAbsence } from './answer-check.js';
import { having } from './answer-shape.js';
import { formatJson } from '../../support/json.js';
import { assertAllShards, type Send } from './send.js';

export interface WireDocument {
  readonly _id: string;
  readonly _routing?: string;
  readonly _version: number;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: unknown;
}

export function documentOf({ _id, _routing, _version, _seq_no, _primary_term, _source }: WireDocument): EngineDocument {
  return {
    id: _id,
    ...(_routing === undefined ? {} : { routing: _routing }),
    version: _version,
    seqNo: _seq_no,
    primaryTerm: _primary_term,
    source: _source,
  };
}

/** A document that is there. */
export const FOUND = having({ found: 'boolean', _id: 'string' });
export const SEARCHED = having({ hits: having({ hits: 'list' }) });
const UPDATED = having({ result: 'string', _version: 'number', _seq_no: 'number' });

const OUTCOMES: Readonly<Record<string, UpdateAnswer['outcome']>> = {
  created: 'created',
  updated: 'updated',
  noop: 'unchanged',
  deleted: 'deleted',
};

/** @param timeoutMs deadline of a call that has none of its own */
export function documentCalls(engine: string, send: Send, timeoutMs: number): DocumentPort {
  return {
    async update(request, options) {
      const { index, id, routing, ifSeqNo, ifPrimaryTerm, retryOnConflict } = request;
      const query = {
        require_alias: true,
        ...routed({ routing }),
        ...(ifSeqNo === undefined ? {} : { if_seq_no: ifSeqNo }),
        ...(ifPrimaryTerm === undefined ? {} : { if_primary_term: ifPrimaryTerm }),
        ...(retryOnConflict === undefined ? {} : { retry_on_conflict: retryOnConflict }),
      };
      const answer = await send<Omit<WireDocument, '_source'> & { result: string }>(
        { method: 'POST', path: [index, '_update', id], query, body: updateBody(request), answer: UPDATED },
        options,
      ).catch((error: unknown) => {
        throw isMissing(error, 'document_missing_exception') ? missing(index, id, error) : error;
      });
      return {
        outcome: OUTCOMES[answer.result]!,
        version: answer._version,
        seqNo: answer._seq_no,
        primaryTerm: answer._primary_term,
      };
    },

    async getMany(index, places, { source, ...options } = {}) {
      if (places.length === 0) return [];
      type Item = WireDocument & { found?: boolean; error?: { type: string; reason: string } };
      const { docs } = await send<{ docs: readonly Item[] }>(
        {
          method: 'POST',
          path: [index, '_mget'],
          // Without its source, an answer has the routing only where that is requested.
          ...(source === false ? { query: { _source: false, stored_fields: '_routing' } } : {}),
          body: { docs: places.map(({ id, routing }) => ({ _id: id, routing })) },
          answer: having({ docs: { listOf: having({ _id: 'string' }) } }),
        },
        options,
      );
      return docs.map((item) => {
        if (item.error?.type === 'index_not_found_exception')
          throw new SearchNotFoundError('index', index, 'create it with search.ensureIndices()');
        if (item.error) throw new SearchEngineError(engine, 200, item.error.type, item.error.reason);
        return item.found ? documentOf(item) : undefined;
      });
    },

    async exists(index, id, options) {
      try {
        await send(
          { method: 'GET', path: [index, '_doc', id], query: { _source: false, ...routed(options) }, answer: FOUND },
          options,
        );
        return true;
      } catch (error) {
        if (isAbsence(error, 'found')) return false;
        throw error;
      }
    },

    async searchMany(requests, options) {
      if (requests.length === 0) return [];
      const lines = requests.map(searchLines).join('');
      type Item = SearchResponse & {
        status: number;
        error?: { type: string; reason: string; index?: string; root_cause?: readonly { reason?: string }[] };
      };
      const { responses } = await send<{ responses: readonly Item[] }>(
        {
          method: 'POST',
          path: ['_msearch'],
          query: endedOnTheServer(options?.timeoutMs ?? timeoutMs),
          lines,
          answer: having({ responses: { listOf: 'object' } }),
        },
        options,
      );
      return responses.map((response, at) => {
        const { index = '' } = requests[at]!;
        const { error, status } = response;
        if (error?.type === 'index_not_found_exception')
          throw new SearchNotFoundError('index', error.index ?? index, 'create it with search.ensureIndices()');
        const reason = [`search ${at + 1} of ${requests.length}`, error?.reason, error?.root_cause?.[0]?.reason]
          .filter(Boolean)
          .join(': ');
        if (error) throw new SearchEngineError(engine, status, error.type, reason);
        assertPart(engine, reason, response, SEARCHED);
        assertAllShards(engine, { path: [index, '_msearch'] }, response);
        return response;
      });
    },

    async explain(index, id, query, options) {
      type Answer = { matched: boolean; explanation?: Readonly<Record<string, unknown>> };
      const { matched, explanation } = await send<Answer>(
        {
          method: 'POST',
          path: [index, '_explain', id],
          query: routed(options),
          body: { query },
          answer: having({ matched: 'boolean' }),
        },
        options,
      ).catch((error: unknown) => {
        throw isAbsence(error, 'matched') ? missing(index, id, error) : error;
      });
      return { matched, explanation };
    },

    async validate(index, query, options) {
      type Answer = {
        valid: boolean;
        error?: string;
        explanations?: readonly { explanation?: string; error?: string }[];
      };
      const answer = await send<Answer>(
        {
          method: 'POST',
          path: [index, '_validate', 'query'],
          query: { explain: true },
          body: { query },
          answer: having({ valid: 'boolean' }),
        },
        options,
      );
      const explanations = (answer.explanations ?? []).flatMap(({ explanation, error }) => explanation ?? error ?? []);
      return { valid: answer.valid, explanations: answer.error ? [answer.error, ...explanations] : explanations };
    },
  };
}

/** Nobody reads the answer after our deadline: the server ends the search by itself, also where the socket is held by a proxy. */
export function endedOnTheServer(timeoutMs: number): { readonly cancel_after_time_interval: string } {
  return { cancel_after_time_interval: `${Math.max(1, timeoutMs)}ms` };
}

/** The routing as a parameter of the address. */
export function routed({ routing }: { readonly routing?: string | undefined } = {}): { readonly routing?: string } {
  return routing === undefined ? {} : { routing };
}

function searchLines({ index, body, parameters }: SearchRequest): string {
  return `${formatJson({ ...parameters, ...(index === undefined ? {} : { index, allow_partial_search_results: false }) })}\n${formatJson(body)}\n`;
}

function isMissing(error: unknown, type: string): boolean {
  return error instanceof SearchEngineError && error.type === type;
}

function missing(index: string, id: string, cause: unknown): SearchNotFoundError {
  return new SearchNotFoundError('document', `${index}/${id}`, 'index it first, or pass what to put in its place', {
    cause,
  });
}
