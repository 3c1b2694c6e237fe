import { CreateAddresses } from './2026-11-addresses.js';
import { CreateEditorSessions } from './2026-11-editor-sessions.js';
import { AddRemovedPresidents } from './2026-11-removed-presidents.js';
import { AddSearchLongKeys } from './2026-11-search-long-keys.js';
import { CreateSearchOutbox } from './2026-11-search-outbox.js';
import { AddSearchTrace } from './2026-11-search-trace.js';

/** In the order in which they run. Each runs once; what has run is never changed. */
export const migrations = [
  CreateAddresses,
  CreateSearchOutbox,
  AddSearchTrace,
  CreateEditorSessions,
  AddRemovedPresidents,
  AddSearchLongKeys,
];
