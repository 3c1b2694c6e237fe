import type { UpdateChange } from '../contracts/document-port.js';

/** The body of `_update`, and of an update among several writes. */
export function updateBody(change: UpdateChange): object {
  const { upsert } = change;
  const body =
    'doc' in change
      ? { doc: change.doc, doc_as_upsert: change.docAsUpsert }
      : { script: change.script, scripted_upsert: change.scriptedUpsert };
  return { ...body, ...(upsert ? { upsert } : {}) };
}
