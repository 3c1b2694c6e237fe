import type { Discovery } from '../src/contracts/discovery.js';
import type { Node } from '../src/contracts/node.js';
import { callbackNodes } from '../src/discovery/callback-nodes.js';
import { staticNodes } from '../src/discovery/static-nodes.js';
import { HerdDiscoveryError } from '../src/errors/discovery-error.js';
import { HerdOptionError } from '../src/errors/option-error.js';
import { discoveryContract } from '../src/testing/discovery-contract.js';
import type { DiscoveryHarness } from '../src/testing/discovery-contract.js';

const addresses = ['10.0.0.1:11211', '10.0.0.2:11211', '10.0.0.3:11211'];
const nodes = addresses.map((id): Node => ({ id, host: id.split(':')[0]!, port: 11211 }));

/** A callback whose source can hang, and honours no signal. */
function hangingHarness(): DiscoveryHarness {
  let hangs = false;
  return {
    make: () => callbackNodes(() => (hangs ? new Promise<never>(() => undefined) : addresses)),
    hang: () => void (hangs = true),
    resume: () => void (hangs = false),
  };
}

describe('callbackNodes keeps the contract of discovery', () => {
  it.each(discoveryContract(hangingHarness()))('$name', ({ run }) => run());
});

describe('callbackNodes', () => {
  const signal = new AbortController().signal;

  it('accepts addresses and nodes, bare or with a version', async () => {
    expect(await callbackNodes(() => ['a:1', { host: 'b', port: 2, id: 'x' }]).nodes(signal)).toEqual({
      nodes: [
        { id: 'a:1', host: 'a', port: 1 },
        { id: 'x', host: 'b', port: 2 },
      ],
    });
    expect(await callbackNodes(() => Promise.resolve({ nodes: ['a:1'], version: 7 })).nodes(signal)).toMatchObject({
      nodes: [{ id: 'a:1' }],
      version: 7,
    });
  });

  it('names itself and the cause when the call fails', async () => {
    const cause = new Error('registry is down');
    const failure = callbackNodes(() => Promise.reject(cause), { name: 'registry' }).nodes(signal);
    await expect(failure).rejects.toThrow(HerdDiscoveryError);
    await expect(failure).rejects.toMatchObject({
      message: expect.stringContaining('Discovery "registry" failed: registry is down') as string,
      cause,
    });
  });

  it('ends a call that is late', async () => {
    await expect(callbackNodes(() => new Promise(() => undefined), { timeout: 20 }).nodes(signal)).rejects.toThrow(
      'gave no answer within 20 ms',
    );
  });

  it.each([
    [[]],
    [['no port']],
    [['a:1', 'a:1']],
    [undefined],
    [null],
    ['a:1'],
    [{ nodes: 3 }],
    [[null]],
    [[{}]],
    [[7]],
  ])('refuses the answer %p', async (answer) => {
    await expect(callbackNodes(() => answer as never).nodes(signal)).rejects.toThrow(HerdOptionError);
  });

  it('refuses unknown options', () => {
    expect(() => callbackNodes(() => addresses, { timeoutMs: 5 } as never)).toThrow('did you mean timeout?');
  });

  it('refuses what is no function', () => {
    expect(() => callbackNodes(addresses as never)).toThrow(/must be a function that gives nodes; .* \(got \[/);
  });
});

describe('the discovery contract catches a discovery that', () => {
  const listeners = new Set<() => void>();
  const change = (): void => listeners.forEach((changed) => changed());
  const watching: Discovery = {
    name: 'sound',
    nodes: (signal) =>
      signal.aborted
        ? Promise.reject(signal.reason as Error)
        : Promise.resolve({ nodes: nodes.map((node) => ({ ...node })) }),
    watch(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close: () => Promise.resolve(listeners.clear()),
  };
  const hang = (): void => undefined;
  const cases: [string, Partial<Discovery>, string, Partial<DiscoveryHarness>][] = [
    [
      'goes on after its signal aborts',
      { nodes: (signal) => (signal.aborted ? Promise.reject(new Error('aborted')) : new Promise(() => undefined)) },
      'stops waiting for a source that hangs when its signal aborts',
      { hang },
    ],
    [
      'only waits for its signal to abort',
      {
        nodes: (signal) =>
          new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      },
      'settles at once under a signal that is aborted already',
      {},
    ],
    [
      'gives its own list away',
      {
        nodes: (
          (own: Node[]) => () =>
            Promise.resolve({ nodes: own })
        )([...nodes]),
      },
      'gives answers that the caller cannot spoil',
      {},
    ],
    [
      'gives its own nodes away',
      {
        nodes: (
          (own: Node[]) => () =>
            Promise.resolve({ nodes: [...own] })
        )(nodes.map((node) => ({ ...node }))),
      },
      'gives answers that the caller cannot spoil',
      {},
    ],
    [
      'finds a node twice',
      { nodes: () => Promise.resolve({ nodes: [...nodes, nodes[0]!] }) },
      'has a name, and finds whole nodes, each once',
      {},
    ],
    [
      'numbers its nodes anew',
      {
        nodes: (
          (count) => () =>
            Promise.resolve({ nodes: nodes.map((node) => ({ ...node, id: `${count++}` })) })
        )(0),
      },
      'gives the same ids for the same source',
      {},
    ],
    [
      'does not answer',
      { nodes: () => new Promise(() => undefined) },
      'has a name, and finds whole nodes, each once',
      {},
    ],
    [
      'does not report news',
      { watch: () => () => undefined },
      'watches: reports news, and is silent once the watch is ended',
      { change },
    ],
    [
      'leaves a watch when it is ended',
      { watch: (changed) => (listeners.add(changed), () => undefined) },
      'watches: reports news, and is silent once the watch is ended',
      { change },
    ],
    ['leaves a watch when it closes', { close: () => Promise.resolve() }, 'closes: ends its watches', { change }],
    [
      'does not end its close',
      { close: () => new Promise(() => undefined) },
      'gives the same ids for the same source',
      {},
    ],
  ];
  const contract = (discovery: Discovery, harness: Partial<DiscoveryHarness> = {}) =>
    discoveryContract({ make: () => discovery, ...harness, answerMs: 200, abortMs: 100 });

  it.each(cases)('%s', async (_, defect, name, harness) => {
    const check = contract({ ...watching, ...defect }, harness).find((candidate) => candidate.name === name)!;
    await expect(check.run()).rejects.toMatchObject({
      name: expect.stringMatching(/^(ContractViolation|HerdOptionError)$/) as string,
    });
    listeners.clear();
  });

  it('and passes the same discovery unbroken', async () => {
    for (const check of contract(watching, { change })) await expect(check.run()).resolves.toBeUndefined();
  });
});

describe('staticNodes keeps the contract of discovery', () => {
  it.each(discoveryContract({ make: () => staticNodes(addresses) }))('$name', ({ run }) => run());
});
