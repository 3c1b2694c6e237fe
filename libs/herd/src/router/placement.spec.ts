import { createHash } from 'node:crypto';

import type { Node } from '../contracts/node.js';
import type { Router } from '../contracts/router.js';
import { ketama } from './ketama.js';
import { maglev } from './maglev.js';
import { modulo } from './modulo.js';
import { rendezvous } from './rendezvous.js';

/** A key that moves with a release is a miss in each process that runs the next one, and old values come back with the one before. */
const keys = Array.from({ length: 2000 }, (_, i) => (i % 10 === 0 ? `ключ:${i}` : `user:${i * 7919}`));
const fleetOf = (count: number, weightOf: (i: number) => number | undefined): readonly Node[] =>
  Array.from({ length: count }, (_, i) => {
    const weight = weightOf(i);
    return { id: `cache-${i}`, host: `10.0.0.${i}`, port: 11211 + (i % 2), ...(weight !== undefined && { weight }) };
  });
const fleets = {
  'of five': fleetOf(5, () => undefined),
  'of five by weight': fleetOf(5, (i) => [1, 2, 0.5, 4, 1][i]),
  'of seventy': fleetOf(70, () => undefined),
} as const;
const routers: Readonly<Record<string, Router>> = {
  rendezvous: rendezvous(),
  ketama: ketama(),
  libmemcached: ketama({ pointName: 'libmemcached' }),
  maglev: maglev(),
  'small maglev': maglev({ tableSize: 10_007 }),
  modulo: modulo(),
};

/** By router and fleet: the owners of the first keys, by number, and the digest of the owner and its heirs of all. */
const placed: Readonly<Record<string, readonly [string, string]>> = {
  'rendezvous of five': ['0 3 2 2 4 3 2 4 1 2 4 3', 'K7-h_qBfsRSeaw-v'],
  'rendezvous of five by weight': ['3 3 3 2 4 3 2 3 1 3 4 3', 'eQaKnOCRPrC3TWDf'],
  'rendezvous of seventy': ['56 26 31 63 62 60 27 56 26 52 11 12', 'On5TLrUkJyVvQBXL'],
  'ketama of five': ['2 2 2 4 4 1 1 3 4 3 0 3', 'rYIt8vGfCvjbZyp7'],
  'ketama of five by weight': ['1 1 3 3 1 1 1 3 4 3 0 3', 'dPPXDoI3dSOTuvXg'],
  'ketama of seventy': ['57 44 42 26 12 21 6 32 4 12 7 48', 'HyIfyqRC6HyVXQ8w'],
  'libmemcached of five': ['4 0 4 4 3 0 3 0 4 0 1 4', '_LQxANFbl-xKLmjc'],
  'libmemcached of five by weight': ['4 3 4 3 3 1 3 0 4 3 1 4', 'NC6e-dWThns7oc08'],
  'libmemcached of seventy': ['13 37 16 20 39 17 53 55 32 62 1 22', 'LFVrDfnLrOBMzhin'],
  'maglev of five': ['4 3 0 3 3 4 1 0 4 4 1 3', 'KQOITVQlh1kcwQa8'],
  'maglev of five by weight': ['3 3 3 3 3 4 1 3 3 4 3 3', 'T6eVOp-KmSw9hGxf'],
  'maglev of seventy': ['45 13 68 14 13 39 13 32 62 30 17 44', 'r3ctiAZPyIMra2j6'],
  'small maglev of five': ['4 4 4 4 4 3 0 3 3 2 4 1', '6CAE7OuxUw0qz-9_'],
  'small maglev of five by weight': ['3 4 4 3 4 3 3 3 3 3 4 1', 'EkDsRy5JbIGpVeHR'],
  'small maglev of seventy': ['13 33 67 11 43 32 34 50 27 21 4 1', 'QxPMvpcuGtxu7Bs8'],
  'modulo of five': ['0 1 2 0 4 0 2 2 3 0 2 0', 'drfbuhunx_Ms6HRU'],
  'modulo of five by weight': ['1 3 1 3 1 3 2 1 1 3 1 3', 'AAwpkGPTsyFGScqr'],
  'modulo of seventy': ['40 6 51 27 44 22 42 2 57 63 38 22', 'vUcixBhvgy_WTt2z'],
};

it.each(
  Object.entries(routers).flatMap(([name, router]) =>
    Object.entries(fleets).map(([fleet, nodes]) => [`${name} ${fleet}`, router, nodes] as const),
  ),
)('%s: no release moves a key', (name, router, nodes) => {
  const table = router.build(nodes);
  const numberOf = ({ id }: Node): string => id.slice('cache-'.length);
  const first = keys
    .slice(0, 12)
    .map((key) => numberOf(table.nodeFor(key)!))
    .join(' ');
  const digest = createHash('sha256');
  for (const key of keys)
    digest.update(`${numberOf(table.nodeFor(key)!)}:${table.nodesFor(key, 3).map(numberOf).join(',')};`);
  expect([first, digest.digest('base64url').slice(0, 16)]).toEqual(placed[name]);
});
