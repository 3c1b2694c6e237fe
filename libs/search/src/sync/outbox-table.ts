import type { Database, Row, Statement } from '../database/database.js';
import { columnText, decodeKey, encodeKey, fitsColumn, MAX_KEY_LENGTH } from '../database/key-text.js';
import { SearchOutboxRow } from '../database/tables.js';
import { SearchTableMissingError } from '../errors/sync.errors.js';
import type { DocumentKey } from '../metadata/key-parts.js';
import type { OutboxRow } from './outbox-row.js';

/** A row that is not in the table yet. */
export interface NewRow {
  readonly alias: string;
  readonly path: readonly string[];
  readonly key: DocumentKey;
  /** Epoch milliseconds, as the others. */
  readonly createdAt: number;
  readonly attempts: number;
  readonly availableAt: number;
  /** Of a document that was refused. */
  readonly refused?: Readonly<{ parkedAt: number | null; reason: string }>;
  readonly traceparent: string | null;
}

type Value = string | number | null;

const COLUMNS = 'id, index_alias, path, row_key, created_at, attempts';
const TRACE_COLUMN = 'traceparent';
const LONG_KEY_COLUMN = 'long_key';

/** How rows stand in the table of the outbox: its columns, what is written into them and read from them. */
export class OutboxTable {
  readonly name: string;
  /** Tables of earlier releases have no column for long keys; `undefined` until it was looked for. */
  private holdsLongKeys: boolean | undefined;

  /** @param traced whether rows carry a trace; else its column is not used */
  constructor(
    private readonly database: Database,
    private readonly traced: boolean,
  ) {
    this.name = database.table(SearchOutboxRow);
  }

  /**
   * @param longKeys entities whose keys may be too long for the column of keys
   * @throws SearchTableMissingError
   */
  async check(longKeys: readonly string[]): Promise<void> {
    await this.checkThere('id', `the table ${this.name}`);
    if (this.traced)
      await this.checkThere(TRACE_COLUMN, `the column ${TRACE_COLUMN} of ${this.name}, which traceContext needs,`);
    if (longKeys.length > 0)
      await this.checkThere(
        LONG_KEY_COLUMN,
        `the column ${LONG_KEY_COLUMN} of ${this.name}, which the keys of ${longKeys.join(', ')} may need (more than ${MAX_KEY_LENGTH} characters as JSON),`,
      );
    this.holdsLongKeys = longKeys.length > 0 || (await this.has(LONG_KEY_COLUMN));
  }

  /** Finds out what the table holds, where `check` has not; outside of transactions. */
  async learn(): Promise<void> {
    this.holdsLongKeys ??= await this.has(LONG_KEY_COLUMN);
  }

  /** What `rowOf` reads, once it is there. */
  get columns(): string {
    return [COLUMNS, ...(this.holdsLongKeys ? [LONG_KEY_COLUMN] : []), ...(this.traced ? [TRACE_COLUMN] : [])].join(
      ', ',
    );
  }

  insertOf(rows: readonly NewRow[]): Statement {
    const values: Value[] = [];
    const sql = this.insert(rows, (value) => {
      values.push(value);
      return '?';
    });
    return { sql, values };
  }

  /** The same as one text. */
  insertWithValues(rows: readonly NewRow[]): string {
    return this.insert(rows, (value) => (typeof value === 'string' ? this.database.quote(value) : String(value)));
  }

  /** @param put how a value stands in the statement; called in the order of the places */
  private insert(rows: readonly NewRow[], put: (value: Value) => string): string {
    const keys = new Map(rows.map((row) => [row, encodeKey(row.key)]));
    const columns = columnsOf(keys, this.traced);
    const texts = rows.map((row) => `(${columns.map(([, value]) => put(value(row))).join(', ')})`);
    return `insert into ${this.name} (${columns.map(([name]) => name).join(', ')}) values ${texts.join(', ')}`;
  }

  private async checkThere(column: string, what: string): Promise<void> {
    await this.look(column).catch((cause: unknown) => {
      throw new SearchTableMissingError(what, { cause });
    });
  }

  private has(column: string): Promise<boolean> {
    return this.look(column).then(
      () => true,
      () => false,
    );
  }

  private look(column: string): Promise<Row[]> {
    return this.database.all(`select ${column} from ${this.name} where 1 = 0`);
  }
}

type Column = readonly [name: string, value: (row: NewRow) => Value];

/** What is null in every row is left out. @param keys the text of the key of each row */
function columnsOf(keys: ReadonlyMap<NewRow, string>, traced: boolean): readonly Column[] {
  const text = (row: NewRow): string => keys.get(row)!;
  const isLong = (row: NewRow): boolean => !fitsColumn(text(row));
  const rows = [...keys.keys()];
  return [
    ['index_alias', ({ alias }) => alias],
    ['path', ({ path }) => path.join('.')],
    ['row_key', (row) => columnText(text(row))],
    ['created_at', ({ createdAt }) => createdAt],
    ['attempts', ({ attempts }) => attempts],
    ['available_at', ({ availableAt }) => availableAt],
    ...((rows.some(isLong) ? [[LONG_KEY_COLUMN, (row) => (isLong(row) ? text(row) : null)]] : []) as Column[]),
    ...((rows.some(({ refused }) => refused)
      ? [
          ['parked_at', ({ refused }) => refused?.parkedAt ?? null],
          ['reason', ({ refused }) => refused?.reason ?? null],
        ]
      : []) as Column[]),
    ...((traced ? [[TRACE_COLUMN, ({ traceparent }) => traceparent]] : []) as Column[]),
  ];
}

/** Another release, or a hand, may have written something else. */
export function isReadable(row: Row): boolean {
  try {
    decodeKey(keyTextOf(row));
    return true;
  } catch {
    return false;
  }
}

export function rowOf(row: Row): OutboxRow {
  return {
    id: String(row['id']),
    alias: String(row['index_alias']),
    path: row['path'] === '' ? [] : String(row['path']).split('.'),
    key: decodeKey(keyTextOf(row)),
    createdAt: Number(row['created_at']),
    attempts: Number(row['attempts']),
    ...(typeof row[TRACE_COLUMN] === 'string' ? { traceparent: row[TRACE_COLUMN] } : {}),
  };
}

/** The key of a row; its text where that gives none. */
export function keyOfRow(row: Row): DocumentKey {
  return isReadable(row) ? decodeKey(keyTextOf(row)) : String(row['row_key']);
}

function keyTextOf(row: Row): string {
  const long = row[LONG_KEY_COLUMN];
  return typeof long === 'string' ? long : String(row['row_key']);
}
