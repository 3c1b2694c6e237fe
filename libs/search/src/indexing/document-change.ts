import type { EngineScript, UpdateChange } from '../contracts/document-port.js';
import type { DocumentOf } from '../query/document-type.js';

/** How a document changes. What is not named stays as it is. */
export type DocumentChange<T> =
  | Readonly<{
      document: Partial<DocumentOf<T>>;
      /** Written when there is no document yet; `true`: `document` itself. */ upsert?: true | Partial<DocumentOf<T>>;
    }>
  | Readonly<{
      script: EngineScript;
      upsert?: Partial<DocumentOf<T>>;
      /** Runs the script on `upsert` too. */ scriptedUpsert?: boolean;
    }>;

export function wireChange<T>(change: DocumentChange<T>): UpdateChange {
  if ('script' in change) {
    const { script, upsert, scriptedUpsert } = change;
    return {
      script,
      ...(upsert === undefined ? {} : { upsert }),
      ...(scriptedUpsert === undefined ? {} : { scriptedUpsert }),
    };
  }
  const { document: doc, upsert } = change;
  return { doc, ...(upsert === true ? { docAsUpsert: true } : upsert ? { upsert } : {}) };
}
