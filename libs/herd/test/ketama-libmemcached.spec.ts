import { createHash } from 'node:crypto';

import { ketama } from '@rookery/herd';

const keys = Array.from({ length: 3000 }, (_, i) => `user:${i}:${(i * 2654435761) % 4294967296}`);
const many = (count: number, server: (i: number) => [host: string, port: number, weight: number]) =>
  Array.from({ length: count }, (_, i) => server(i));

/** Printed by `libmemcached-owners.py`, beside this file, with libmemcached 1.1.4 of Debian 12. */
const fleets: [string, [host: string, port: number, weight: number][], string][] = [
  [
    'three, on two ports',
    [
      ['10.0.0.1', 11211, 1],
      ['10.0.0.2', 11212, 1],
      ['10.0.0.3', 11211, 1],
    ],
    '5209aeba3158b8c4cac67583dde375ba0878badd89c19dbe18a2b84735bc2890',
  ],
  [
    'three with weights',
    [
      ['10.0.0.1', 11211, 1],
      ['10.0.0.2', 11211, 5],
      ['10.0.0.3', 11211, 2],
    ],
    'd4db8b3427d01079353cc3cdeab20fc74244970b0e604edf613e4d47eb8bb47d',
  ],
  [
    'ten by name',
    many(10, (i) => [`cache-${i}.example.com`, 11211 + i, 1]),
    'f405fa81b6ccb318badc193016e97ed979ef7049738b2638204c6ed499b7755c',
  ],
  [
    'twenty-five',
    many(25, (i) => [`10.0.1.${i}`, 11211, 1]),
    '890620d0c8297a824299dccd99e6f686fbcf8e55349609eff5fef3f249a042d6',
  ],
  [
    'seven',
    many(7, (i) => [`10.0.2.${i}`, 11211, 1]),
    '22e91340a156fbfdefae55ea8cee5c918b2a0e78bd4b3175b8686653a22ba0b6',
  ],
];

it.each(fleets)('ketama owns 3000 keys as libmemcached has them owned: %s', (_name, servers, expected) => {
  const nodes = servers.map(([host, port, weight]) => ({ id: `${host}:${port}`, host, port, weight }));
  const table = ketama({ pointName: 'libmemcached' }).build(nodes);
  const owners = keys.map((key) => nodes.indexOf(table.nodeFor(key) as (typeof nodes)[number]));
  expect(createHash('sha256').update(owners.join()).digest('hex')).toBe(expected);
});
