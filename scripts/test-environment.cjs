// Jest's environment for Node, in which V8 compiles each file once per worker: each suite loads its packages anew, into a
// context of its own, and that is a third of what they cost.
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

// A worker that has nothing left to do would free its heap piece by piece, for so long that Jest takes it for one that hangs.
if (process.send) process.once('beforeExit', () => process.exit());

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // Coverage counts blocks, of which nothing is kept.
    if (config.globalConfig.collectCoverage) return;
    vm.SourceTextModule = ModuleCompiledOnce;
    vm.compileFunction = functionCompiledOnce;
  }
};
