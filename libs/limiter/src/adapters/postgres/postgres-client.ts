/** What the storage calls. A `Pool` of `pg` has it; a single `Client` works, one statement after the other. */
export interface PostgresClient {
  query(query: {
    readonly text: string;
    readonly values: readonly unknown[];
  }): Promise<{ readonly rows: readonly unknown[] }>;
}
