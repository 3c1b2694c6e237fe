// Jest's runtime, of which a worker has one for all its test files: a module that one of them has loaded is there for the next, as
// in an application. Jest's own loads packages and sources anew for each file, and V8 optimises them anew. What belongs to a
// file ends with it: mocks, fake timers, and the tests that Jest's runner has collected.
const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const RUNNER = `${sep}jest-circus${sep}`;
const HANDLERS = Symbol.for('EVENT_HANDLERS');
const STATE = 'JEST_STATE_SYMBOL';

let shared;

module.exports = class extends Runtime {
  constructor(config, environment, ...others) {
    if (shared && environment.isShared) return shared.forNextFile(others.at(-2));
    super(config, environment, ...others);
    if (environment.isShared) shared = this;
  }

  forNextFile(testPath) {
    this._testPath = testPath;
    this.testState.enterTestCode(); // As the file is loaded: between tests nothing may be.
    this.#forgetTests();
    return this;
  }

  /** The runner is loaded anew, with nothing collected. */
  #forgetTests() {
    const { global } = this._environment;
    delete global[HANDLERS];
    for (const symbol of Object.getOwnPropertySymbols(global)) if (symbol.description === STATE) delete global[symbol];
    const loaded = this.registries.getInternalCjsRegistry();
    for (const path of loaded.keys()) if (path.includes(RUNNER)) loaded.delete(path);
  }

  teardown() {
    if (this !== shared) return super.teardown();
    this.restoreAllMocks();
    this._environment.fakeTimers?.useRealTimers();
    this._environment.fakeTimersModern?.useRealTimers();
  }
};
