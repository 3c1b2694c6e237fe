// Jest orders test files by how long they took, which an empty clone has no record of: these wait longest, so they start first.
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST = [
  'demo-api/test/walkthrough',
  'search/test/sync/faults/stopped-migrator',
  'demo-api/test/room',
  'search/test/stream-orders',
  'limiter/test/shared-storages',
  'search/test/inheritance/matrix',
  'herd/test/proof/proof',
  'herd/test/driver-contract',
  'search/test/calls/calls',
  'demo-api/test/page',
  'demo-api/test/openapi/walk',
  'search/test/cascades/cascades',
  'search/test/relations/matrix',
  'herd/test/flapping',
  'search/test/proof/proof',
  'search/test/engine-contract',
  'search/test/sync/bad-rows/bad-rows',
  'search/test/sync/conditions/conditions',
  'search/test/sync/command-line',
  'demo-api/test/machine-room',
  'limiter/test/load',
  'search/test/sync/model/order-of-steps',
  'services/test/opensearch',
  'demo-api/test/search-commands',
];

const rank = ({ path }) => SLOWEST.findIndex((name) => path.replaceAll('\\', '/').includes(`${name}.`));

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const ordered = super.sort(tests);
    const slow = ordered.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b));
    return [...slow, ...ordered.filter((test) => rank(test) < 0)];
  }
};
