import { NodeQuery } from './node-query.js';

const ignore = (): void => {};

it.each([
  ['get users:1', 'get', 'users:1'],
  ['set users:1 0 60 5\r\nhello', 'set', 'users:1'],
  ['version', 'version', undefined],
  [`set ${'k'.repeat(250)} 0 60 100000\r\n${'v'.repeat(100_000)}`, 'set', 'k'.repeat(250)],
])('a query has its command and its key: %.30s', (command, type, key) => {
  expect(new NodeQuery(command, ignore)).toMatchObject({ command, type, key });
});
