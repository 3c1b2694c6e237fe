import { queryTarget } from './query-target.js';

describe('what a statement does', () => {
  it.each([
    ['select "p0".* from "president" as "p0" where "p0"."id" = ? limit ?', { operation: 'SELECT', table: 'president' }],
    ['update "president" set "party" = ? where "id" = ?', { operation: 'UPDATE', table: 'president' }],
    ['insert into search_outbox (index_alias) values (?)', { operation: 'INSERT', table: 'search_outbox' }],
    ['delete from "public"."search_outbox" where id in (?)', { operation: 'DELETE', table: 'search_outbox' }],
    ['select 1', { operation: 'SELECT' }],
    ['begin', { operation: 'BEGIN' }],
    ['commit', { operation: 'COMMIT' }],
    ['', { operation: 'QUERY' }],
  ])('is read from %j', (sql, target) => expect(queryTarget(sql)).toEqual(target));
});
