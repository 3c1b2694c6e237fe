export type FaultPoint =
  | 'after claim'
  | 'after targets'
  | 'after clock'
  | 'after read'
  | 'before write'
  | 'after write'
  | 'after delete'
  | 'after commit';

/** Places between the steps of a relay, and the SQL statement that comes right before. */
export const FAULT_POINTS: readonly { readonly name: FaultPoint; readonly after?: RegExp }[] = [
  { name: 'after claim', after: /from .*search_outbox.* skip locked/s },
  { name: 'after targets', after: /from .*search_migration/ },
  { name: 'after clock', after: /update .*search_clock/ },
  { name: 'after read', after: /from "?book/ },
  { name: 'before write' },
  { name: 'after write' },
  { name: 'after delete', after: /delete from .*search_outbox/ },
  { name: 'after commit', after: /^commit$/ },
];
