import pg from 'pg';

/** Drops a database of PostgreSQL, whoever is connected. */
export async function dropDatabase(name: string, url: string = process.env['POSTGRES_URL'] ?? ''): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists "${name}" with (force)`);
  await client.end();
}

/** Deletes every index whose name begins with `prefix`, in one step. */
export async function dropIndices(prefix: string, url: string = process.env['OPENSEARCH_URL'] ?? ''): Promise<void> {
  const answer = await fetch(`${url}/${prefix}-*`, { method: 'DELETE', signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`the indices of ${prefix} are not deleted: ${await answer.text()}`);
}
