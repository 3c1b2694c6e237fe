import type { Clock } from '@rookery/limiter';
import type { PostgresClient } from '@rookery/limiter/postgres';

/** The statements as they are, but for the clock, which a test moves. */
export function clockedPostgres(client: PostgresClient, clock: Clock): PostgresClient {
  return {
    query: ({ text, values }) => client.query({ text: text.replace('NULL', String(clock())), values }),
  };
}
