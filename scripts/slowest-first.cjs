// Jest orders test files by how long they took, which an empty clone cannot know. These take longest and start first: in turns one
// that mostly waits for its servers and one that computes, so that the cores are neither idle nor overrun.
const { default: Sequencer } = require('@jest/test-sequencer');

const WAITING = [
  'herd/test/proof/proof',
  'demo-api/test/room',
  'herd/test/driver-contract',
  'demo-api/test/machine-room',
  'herd/test/recovery',
  'herd/test/invalidation-bus',
  'herd/test/redis-sentinel',
  'herd/test/connections',
  'search/test/away',
  'herd/test/node-truth',
  'herd/test/redis-cluster',
  'services/test/cli',
  'herd/test/cache',
  'demo-api/test/faults',
  'search/test/engine-contract',
  'limiter/test/busy-event-loop',
];

const COMPUTING = [
  'demo-api/test/walkthrough',
  'search/test/stream-orders',
  'limiter/test/load',
  'search/test/sync/faults/stopped-migrator',
  'search/test/proof/proof',
  'demo-api/test/page',
  'search/test/real-faults',
  'search/test/models/found',
  'search/test/sync/bad-rows/bad-rows',
  'search/test/sync/command-line',
  'limiter/test/postgres.storage',
  'limiter/test/shared-storages',
  'demo-api/test/search-commands',
  'search/test/inheritance/matrix',
  'search/test/relations/matrix',
  'demo-api/test/readme',
];

const SLOWEST = WAITING.flatMap((name, index) => [name, COMPUTING[index]]);

const rank = ({ path }) => SLOWEST.findIndex((name) => path.replaceAll('\\', '/').includes(`${name}.`));

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const ordered = super.sort(tests);
    const slow = ordered.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...slow, ...ordered.filter((test) => rank(test) < 0)];
  }
};
