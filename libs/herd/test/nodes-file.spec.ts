import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodesFile } from '../src/adapters/file/file.discovery.js';
import { watchFile } from '../src/adapters/file/file-watch.js';
import { HerdDiscoveryError } from '../src/errors/discovery-error.js';
import { HerdOptionError } from '../src/errors/option-error.js';
import { discoveryContract } from '../src/testing/discovery-contract.js';
import { until } from './poll.js';

const never = new AbortController().signal;

describe('nodesFile', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rookery-nodes-file-'));
    path = join(folder, 'nodes');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const read = async (text: string) => {
    await writeFile(path, text);
    return nodesFile(path).nodes(never);
  };
  const plain = [
    { id: 'a:1', host: 'a', port: 1 },
    { id: 'cache-2', host: '::1', port: 2, weight: 2.5 },
  ];

  it.each([
    '# the caches\na:1\n\n  [::1]:2 id=cache-2 weight=2.5 # new\n',
    'a:1\r\n[::1]:2 id=cache-2 weight=2.5\r\n',
    JSON.stringify(['a:1', '[::1]:2 id=cache-2 weight=2.5']),
    JSON.stringify([{ host: 'a', port: 1 }, plain[1]], null, 2),
    JSON.stringify({ nodes: plain }),
  ])('reads %j', async (text) => {
    expect(await read(text)).toEqual({ nodes: plain });
  });

  it('passes a version on', async () => {
    expect(await read('{"version": 7, "nodes": ["a:1"]}')).toEqual({ version: 7, nodes: [plain[0]] });
  });

  it.each(
    [
      ['', 'it lists no nodes'],
      ['# none\n', 'it lists no nodes'],
      ['[]', 'it lists no nodes'],
      ['a:1\nb:112', 'its last line has no end, as if it were still being written'],
      ['a:1\nb\n', 'line 2 is not host:port: "b"'],
      ['a:1 wieght=2\n', 'line 1 has "wieght"'],
      ['a:1 weight=\n', 'line 1 has "weight"'],
      ['a:1 zone=eu-1\n', 'line 1 has "zone"'],
      ['[{"host": "a", "port": 1, "zone": "eu-1"}]', 'node 1 has "zone"'],
      ['a:1 id=x id=y\n', 'line 1 has id= twice'],
      ['a:1 weight=2 id=x weight=3\n', 'line 1 has weight= twice'],
      ['a:1#no comment\n', 'line 1 is not host:port'],
      ['{"nodes": ["a:1"], "verson": 7}', 'it has "verson", where only nodes and version can be'],
      ['a:1 weight=x\n', '[0].weight must be a number above 0'],
      ['a:70000\n', '[0].port must be a whole number'],
      ['a:1\na:1\n', '[1] must not have the id a:1'],
      ['{"nodes": 3}', 'it has no list "nodes"'],
      ['{"version": "7", "nodes": []}', 'its "version" is not a whole number'],
      ['[null]', 'node 1 has no host and port'],
      ['["a:1", {"host": "b"}]', 'node 2 has no host and port'],
      [`[${'"a:1",'.repeat(200_000)}`, 'it has 1200001 bytes, over 1048576'],
    ].map(([text, message]) => [message!, text!] as const),
  )('refuses a file of which it says: %s', async (message, text) => {
    const failure = read(text);
    await expect(failure).rejects.toBeInstanceOf(HerdDiscoveryError);
    await expect(failure).rejects.toThrow(`Nodes file ${path} cannot be used`);
    await expect(failure).rejects.toThrow(message);
  });

  it('refuses JSON and lines cut at any byte, but for a cut between two lines', async () => {
    const [json, lines] = [JSON.stringify({ nodes: plain }), 'a:11211\nb:11211 weight=2\n'];
    for (let end = 0; end < json.length; end++)
      await expect(read(json.slice(0, end))).rejects.toBeInstanceOf(HerdDiscoveryError);
    for (let end = 0; end < lines.length; end++) {
      if (lines[end - 1] !== '\n') await expect(read(lines.slice(0, end))).rejects.toBeInstanceOf(HerdDiscoveryError);
    }
  });

  it('reports that the file is absent, or no file', async () => {
    await expect(nodesFile(path).nodes(never)).rejects.toThrow(`Nodes file ${path} cannot be read: ENOENT`);
    await expect(nodesFile(folder).nodes(never)).rejects.toThrow('it is not a plain file');
  });

  it('refuses bad options', () => {
    expect(() => nodesFile('')).toThrow(HerdOptionError);
    expect(() => nodesFile('x', { pol: 5 } as never)).toThrow('did you mean poll?');
    expect(() => nodesFile('x', { poll: 0 })).toThrow('poll must be a duration above 0');
  });

  describe('keeps the contract of discovery', () => {
    let version = 0;
    const write = () => writeFile(path, `a:1 # ${version++}\nb:1\n`);
    const harness = { change: write, make: async () => (await write(), nodesFile(path, { poll: '1h' })) };
    it.each(discoveryContract(harness))('$name', ({ run }) => run());
  });

  describe('watching', () => {
    let changes: number;
    let stop: () => void;
    const watched = async (pollMs: number, file = path): Promise<void> => {
      changes = 0;
      stop = watchFile(file, pollMs, () => changes++);
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const told = (count: number): Promise<void> => until('the change is told', () => changes >= count);
    afterEach(() => stop());

    it('reports a file that is written, renamed over, removed and made anew', async () => {
      await watched(3_600_000);
      await writeFile(path, 'a:1\n');
      await told(1);
      await writeFile(join(folder, 'other'), 'b:1\n');
      changes = 0;
      await rename(join(folder, 'other'), path);
      await told(1);
      changes = 0;
      await rm(path);
      await told(1);
      changes = 0;
      await writeFile(path, 'a:1\n');
      await told(1);
    });

    it('reports a link in the path that points elsewhere, as in a Kubernetes volume', async () => {
      for (const version of ['1', '2']) {
        await mkdir(join(folder, version));
        await writeFile(join(folder, version, 'nodes'), `v${version}:1\n`);
      }
      await symlink('1', join(folder, '..data'));
      await symlink('..data/nodes', path);
      await watched(3_600_000);
      await symlink('2', join(folder, '..new'));
      await rename(join(folder, '..new'), join(folder, '..data'));
      await told(1);
      expect(await nodesFile(path).nodes(never)).toMatchObject({ nodes: [{ host: 'v2' }] });
    });

    it('says nothing of other files', async () => {
      await writeFile(path, 'a:1\n');
      await watched(10);
      await writeFile(join(folder, 'other'), '');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(changes).toBe(0);
    });

    it('finds by polling what is not reported: a file in a folder that was absent', async () => {
      const later = join(folder, 'later', 'nodes');
      await watched(10, later);
      await mkdir(join(folder, 'later'));
      await writeFile(later, 'a:1\n');
      await told(1);
    });
  });
});
