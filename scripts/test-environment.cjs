// Jest's environment for Node, of which a worker has one for all its test files (test-runtime.cjs keeps what they load), and in
// which V8 compiles each file once per worker: elsewhere each file loads its packages anew, and that is half of what short ones cost.
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { SourceTextModule, compileFunction } = vm;
const modules = new Map();
const functions = new Map();

/** Compiles `code` with what V8 kept of it. V8 itself would compare the lengths of codes alone. */
function compileOnce(known, file, code, compile, dataOf) {
  const last = known.get(file);
  if (last?.code === code) {
    try {
      return compile(last.data);
    } catch {
      // V8 refuses it where a test has set flags since.
    }
  }
  const compiled = compile(undefined);
  known.set(file, { code, data: dataOf(compiled) });
  return compiled;
}

const ModuleCompiledOnce = new Proxy(SourceTextModule, {
  construct: (_, [code, options]) =>
    compileOnce(
      modules,
      options.identifier,
      code,
      (cachedData) => new SourceTextModule(code, { ...options, cachedData }),
      (module) => module.createCachedData(),
    ),
});

const functionCompiledOnce = (code, parameters, options) =>
  compileOnce(
    functions,
    options.filename,
    code,
    (cachedData) => compileFunction(code, parameters, { ...options, cachedData, produceCachedData: !cachedData }),
    (compiled) => compiled.cachedData,
  );

// A worker that has nothing left to do would free its heap piece by piece, for so long that Jest reports it as one that hangs.
if (process.send) process.once('beforeExit', () => process.exit());

let shared;

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    if (shared) return shared.forNextFile();
    super(config, context);
    const { collectCoverage, watch, watchAll } = config.globalConfig;
    // Coverage counts blocks, of which nothing is kept.
    if (!collectCoverage) {
      vm.SourceTextModule = ModuleCompiledOnce;
      vm.compileFunction = functionCompiledOnce;
    }
    if (collectCoverage || watch || watchAll) return;
    this.env = { ...this.global.process.env };
    shared = this;
  }

  get isShared() {
    return this === shared;
  }

  forNextFile() {
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in this.env)) delete env[name];
    Object.assign(env, this.env);
    return this;
  }

  async teardown() {
    if (!this.isShared) await super.teardown();
  }
};
