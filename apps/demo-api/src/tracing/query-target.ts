export type QueryTarget = Readonly<{ operation: string; table?: string }>;

const TABLE = /\b(?:from|into|update|table)\s+(?:only\s+)?(?:"?\w+"?\.)?"?(\w+)"?/i;

/** What a statement does and to which table, as far as its first words show: `UPDATE`, `president`. */
export function queryTarget(sql: string): QueryTarget {
  const operation = /\w+/.exec(sql)?.[0].toUpperCase() ?? 'QUERY';
  const table = TABLE.exec(sql)?.[1];
  return table === undefined ? { operation } : { operation, table };
}
