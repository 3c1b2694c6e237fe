import type { Compilers } from './compile-context.js';
import type { Wire } from '../wire-value.js';

export type RawNode = Readonly<{ kind: 'raw'; body: Wire }>;

export interface RawClauses {
  /** Any clause of OpenSearch, unchecked: `raw({ span_first: { … } })`. */
  raw(body: Wire): RawNode;
}

export const raw = {
  raw: (body: Wire): RawNode => Object.freeze({ kind: 'raw', body: structuredClone(body) }),
};

export const rawCompilers: Compilers<RawNode> = {
  raw: ({ body }) => body,
};
