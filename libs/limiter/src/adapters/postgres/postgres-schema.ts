import { resolveOptions } from '../../support/resolve-options.js';
import { applyFunction } from './apply.sql.js';
import { chargeFunction } from './charge.sql.js';
import { decideFunction } from './decide.sql.js';

export interface PostgresSchemaOptions {
  /** The table, and how the names of its functions begin; `schema.table` where it lies elsewhere. Default `'rookery_limiter'`. */
  readonly table?: string;
  /** Without the write-ahead log: faster, not on replicas, and empty after a crash of the server. Default false. */
  readonly unlogged?: boolean;
}

export const DEFAULT_TABLE = 'rookery_limiter';
const TABLE = /^[a-z_][a-z0-9_]{0,39}(\.[a-z_][a-z0-9_]{0,39})?$/;
export const TABLE_RULE =
  'must be a name of 1 to 40 lower-case letters, digits and underscores, after that of its schema and a dot if any';

export function isTable(name: unknown): name is string {
  return typeof name === 'string' && TABLE.test(name);
}

/**
 * What `postgresStorage` needs: a table, its index and its functions, in statements that may run again and again. For your
 * migrations; run it again after an upgrade of this library, before the new release starts.
 *
 * @throws {@link LimiterOptionError}
 * @example await pool.query(postgresSchema());
 */
export function postgresSchema(options: PostgresSchemaOptions = {}): string {
  const { table, unlogged } = resolveOptions(
    'postgresSchema',
    options,
    { table: DEFAULT_TABLE, unlogged: false },
    ({ table, unlogged }, problems) => {
      problems.check(isTable(table), 'postgresSchema.table', table, TABLE_RULE);
      problems.check(typeof unlogged === 'boolean', 'postgresSchema.unlogged', unlogged, 'must be true or false');
    },
  );
  return `
CREATE ${unlogged ? 'UNLOGGED ' : ''}TABLE IF NOT EXISTS ${table} (
  key text COLLATE "C" PRIMARY KEY,
  -- updatedAt, how many limits, seven numbers for each, and the leases; NULL where the columns from since on say it
  state bigint[],
  -- epoch microseconds: from then on the bucket counts as empty
  expires_at bigint NOT NULL
) WITH (fillfactor = 80);
ALTER TABLE ${table}
  ALTER COLUMN state DROP NOT NULL,
  -- epoch microseconds: when an empty bucket may be deleted; seldom changed, so that most updates touch no index
  ADD COLUMN IF NOT EXISTS kept_until bigint NOT NULL DEFAULT 0,
  -- a bucket of one rate, as nearly all are: updatedAt, and the numbers of its limit
  ADD COLUMN IF NOT EXISTS since bigint,
  ADD COLUMN IF NOT EXISTS kind bigint,
  ADD COLUMN IF NOT EXISTS drain bigint,
  ADD COLUMN IF NOT EXISTS units bigint,
  ADD COLUMN IF NOT EXISTS capacity bigint,
  ADD COLUMN IF NOT EXISTS level bigint,
  -- what the last charge found, for its answer
  ADD COLUMN IF NOT EXISTS level_before bigint NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS ${table.replace(/^.*\./, '')}_kept_until ON ${table} (kept_until);
${decideFunction(table)}${applyFunction(table)}${chargeFunction(table)}`;
}
