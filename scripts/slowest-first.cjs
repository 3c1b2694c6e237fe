// Jest orders test files by how long they took, which an empty clone cannot know: these wait longest, so they start first.
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST = [
  'demo-api/test/walkthrough',
  'limiter/test/load',
  'search/test/sync/faults/stopped-migrator',
  'search/test/calls/calls',
  'search/test/proof/proof',
  'search/test/engine-contract',
  'herd/test/driver-contract',
  'herd/test/proof/proof',
  'search/test/sync/model/order-of-steps',
  'herd/test/flapping',
  'services/test/opensearch',
  'limiter/test/shared-storages',
  'search/test/sync/bad-rows/bad-rows',
  'limiter/test/nest-11',
  'herd/test/redis-cluster',
];

const rank = ({ path }) => SLOWEST.findIndex((name) => path.replaceAll('\\', '/').includes(`${name}.`));

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const ordered = super.sort(tests);
    const slow = ordered.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...slow, ...ordered.filter((test) => rank(test) < 0)];
  }
};
