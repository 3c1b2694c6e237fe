import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';

import { exchange } from './exchange.js';
import { startNodePair } from './node-pair.js';
import type { NodePair } from './node-pair.js';

const key = (length: number) => 'k'.repeat(length);
const set = (name: string, value: string, head = '0 0') => `set ${name} ${head} ${value.length}\r\n${value}\r\n`;

/** Scripts that end with the parser at the start of a line, under what they are about. */
const scripts: Record<string, string> = {
  'get without a key': 'get\r\ngets\r\nget \r\n',
  'nothing and the unknown': '\r\nfoo\r\nGET k\r\n',
  'get of one, many and doubled keys': `${set('a', 'x')}${set('b', '', '7 0')}get a\r\nget a b none a\r\nget  a \r\n get a\r\n`,
  'control characters, tabs and high bytes in keys': `${set('\x01\xff', 'x')}get \x01\xff\r\nget a\tb\r\n`,
  'values with line ends and look-alike replies': `${set('a', '\r\nEND\r\nVALUE a 0 1\r\n\0\xff')}get a\r\n`,
  'a line feed alone ends a line': `set a 0 0 1\nx\r\nget a\n`,
  'keys of 250 and 251 bytes': ['get', 'gets', 'delete']
    .map((verb) => `${verb} ${key(250)}\r\n${verb} ${key(251)}\r\n`)
    .join(''),
  'one long key among many': `get a ${key(251)}\r\n`,
  'long keys in the other commands': `${set(key(250), 'x')}${set(key(251), 'x')}incr ${key(251)} 1\r\ntouch ${key(251)} 1\r\n`,
  'set with too few and too many words':
    'set k\r\nset k 0 0\r\nset k 0 0 1 2 3\r\nx\r\nset k 0 0 1 noreply noreply\r\nx\r\n',
  'numbers that are none': ['a 0 1', '0 a 1', '0 0 a', '0 0 -1', '-1 0 1', '0 1.5 1', '0x1 0 1', '0 0 4294967295']
    .map((head) => `set k ${head}\r\nx\r\n`)
    .join(''),
  'numbers at their edges': ['4294967295 0 1', '4294967296 0 1', '+1 +5 +1', '01 05 01']
    .map((head) => `set k ${head}\r\nx\r\nget k\r\n`)
    .join(''),
  'data longer than announced': `${set('k', 'old')}set k 0 0 3\r\nabcd\r\nset k 0 0 3\r\nabcdefgh\r\nget k\r\n`,
  'data shorter than announced': 'set k 0 0 3\r\nab\r\nget k\r\n',
  'data with a line feed alone at its end': 'set k 0 0 3\r\nabc\nversion\r\n',
  'noreply of each command': `set k 0 0 1 noreply\r\n1\r\nadd k 0 0 1 noreply\r\n2\r\nreplace k 0 0 1 noreply\r\n3\r\nget k\r\nincr k 1 noreply\r\ndecr k 2 noreply\r\ntouch k 0 noreply\r\nget k\r\ndelete k noreply\r\nget k\r\nflush_all noreply\r\n`,
  'noreply of what is refused':
    'set k 0 0 3 noreply\r\nabcd\r\nset k a 0 3 noreply\r\nabc\r\ndelete k foo noreply\r\nincr k a noreply\r\n',
  'add and replace':
    'add k 0 0 1\r\nx\r\nadd k 0 0 1\r\ny\r\nget k\r\nreplace k 0 0 1\r\nz\r\nreplace none 0 0 1\r\nz\r\nget k\r\n',
  'append and prepend': `append none 0 0 1\r\nx\r\nprepend none 0 0 1\r\nx\r\n${set('k', 'b', '7 0')}append k 1 0 1\r\nc\r\nprepend k 2 5 1\r\na\r\nget k\r\nappend k\r\nappend k 0 0 1 noreply\r\nd\r\nget k\r\nappend k 0 0 2\r\nx\r\n\r\nget k\r\n`,
  'append past the largest item': `${set('k', 'x'.repeat(700_000))}append k 0 0 700000\r\n${'y'.repeat(700_000)}\r\nprepend k 0 0 1\r\nz\r\nget k\r\n`,
  'gat and gats': `${set('k', 'x', '3 0')}gat 100 k\r\ngat 100 k none k\r\ngat 100\r\ngat a\r\ngat\r\ngat a k\r\ngats 100 none\r\ngats\r\ngat -1 k\r\nget k\r\ngat 0 ${key(250)}\r\ngat 0 ${key(251)}\r\n`,
  'the meta barrier': 'mn\r\n',
  'cas that fits nothing': `${set('k', 'x')}cas k 0 0 1 0\r\ny\r\ncas none 0 0 1 1\r\ny\r\ncas k 0 0 1\r\ny\r\ncas k 0 0 1 a\r\ny\r\ncas k 0 0 1 -1\r\ny\r\nget k\r\n`,
  'delete in all its spellings': `${set('k', 'x')}delete k 0\r\n${set('k', 'x')}delete k\r\ndelete k\r\ndelete\r\ndelete k 5\r\ndelete k a b\r\ndelete k a b c\r\n`,
  'incr and decr': `${set('n', '10', '3 0')}incr n 5\r\nget n\r\ndecr n 6\r\nget n\r\ndecr n 100\r\nget n\r\nincr none 1\r\n`,
  'incr past 64 bits': `${set('n', '18446744073709551615')}incr n 1\r\nget n\r\nincr n 18446744073709551615\r\nincr n 18446744073709551616\r\n`,
  'incr that grows by a digit': `${set('n', '9')}incr n 1\r\nget n\r\n`,
  'incr with what is no number': `${set('n', '1')}incr n a\r\nincr n -1\r\nincr n\r\nincr\r\nincr n 1 2 3\r\nincr none a\r\n`,
  'incr of what is no number': ['', 'x', '1a2', '-1', ' 12', '12 ', '0010', '1234567890123456789012345']
    .map((value) => `${set('n', value)}incr n 1\r\nget n\r\n`)
    .join(''),
  touch: `${set('k', 'x')}touch k 10\r\nget k\r\ntouch k -1\r\nget k\r\ntouch none 1\r\ntouch k\r\ntouch\r\ntouch k a\r\ntouch k 1 2 3\r\n`,
  'expiry times at once, far and cut to 32 bits': [
    '-1',
    '2592000',
    '2592001',
    '2147483647',
    '2147483648',
    '99999999999',
    '-2147483648',
  ]
    .map((exptime) => `set e 0 ${exptime} 1\r\nx\r\nget e\r\n`)
    .join(''),
  flush_all: `${set('k', 'x')}flush_all\r\nget k\r\n${set('k', 'y')}get k\r\nflush_all a\r\nflush_all 1 2 3\r\nflush_all 100\r\nget k\r\nflush_all -1\r\nget k\r\nflush_all 0\r\n`,
  'stats, version and verbosity': 'stats reset\r\nstats foo\r\nversion foo\r\nverbosity 1\r\nverbosity\r\n',
  'the largest item, and one byte more': `${set('big', 'x'.repeat(1048513))}${set('big', 'x'.repeat(1048576))}get big\r\n`,
  'an item too large, with noreply': `${set('big', 'x')}set big 0 0 2000000 noreply\r\n${'x'.repeat(2_000_000)}\r\nget big\r\n`,
  'an item too large does not replace by add': `${set('big', 'x')}add big 0 0 2000000\r\n${'x'.repeat(2_000_000)}\r\nget big\r\n`,
  'a get of 300 long keys': `get ${Array<string>(300).fill(key(250)).join(' ')}\r\n`,
  quit: `${set('k', 'x')}quit\r\nget k\r\n`,
  'a line without an end': 'x'.repeat(9000),
};

describe('the embedded node answers byte for byte like memcached', () => {
  let pair: NodePair;
  beforeAll(async () => {
    pair = await startNodePair();
  });
  afterAll(() => pair?.stop());
  beforeEach(() => pair.ask('flush_all\r\n'));

  it.each(Object.entries(scripts))('%s', async (_about, script) => {
    const { expected, answered } = await pair.ask(script);
    expect(expected).not.toContain('<no end>');
    expect(answered).toBe(expected);
  });

  it.each(Object.entries(scripts).filter(([, script]) => script.length < 1500))(
    '%s, torn at every byte',
    async (_about, script) => {
      const { expected, answered } = await pair.ask(script, true);
      expect(answered).toBe(expected);
    },
  );

  it('stores by a cas token once, and refuses it the second time', async () => {
    for (const { port } of [pair.real, pair.embedded]) {
      const token = /^VALUE k 0 1 (\d+)/m.exec(await exchange(port, `${set('k', 'x')}gets k\r\n`))?.[1];
      const twice = `cas k 0 0 1 ${token}\r\ny\r\ncas k 0 0 1 ${token}\r\nz\r\nget k\r\n`;
      expect(await exchange(port, twice)).toMatch(/^STORED\r\nEXISTS\r\nVALUE k 0 1\r\ny\r\nEND\r\n/);
    }
  });

  it('keeps the cas id through a touch', async () => {
    for (const { port } of [pair.real, pair.embedded]) {
      const replies = await exchange(port, `${set('k', 'x')}gets k\r\ntouch k 100\r\ngets k\r\n`);
      const [before, after] = [...replies.matchAll(/VALUE k 0 1 (\d+)/g)].map((match) => match[1]);
      expect(after).toBe(before);
    }
  });

  it('names the statistics that both have alike', async () => {
    const names = (text: string) => [...text.matchAll(/^STAT (\S+)/gm)].map((match) => match[1]);
    const [here, there] = [
      await exchange(pair.embedded.port, 'stats\r\n'),
      await exchange(pair.real.port, 'stats\r\n'),
    ];
    expect(names(here).length).toBeGreaterThan(10);
    expect(names(there)).toEqual(expect.arrayContaining(names(here)));
  });
});

describe('the embedded node, by an argument clock', () => {
  const day = 24 * 60 * 60;
  let now = Date.UTC(2030, 0, 1);
  let node: MemcachedNode;
  beforeAll(async () => {
    node = await startMemcachedNode({ now: () => now, maxBytes: 10_000 });
  });
  afterAll(() => node.close());

  it.each([
    ['relative', () => '10', 10],
    ['30 days', () => String(30 * day), 30 * day],
    ['absolute', () => String(now / 1000 + 60 * day), 60 * day],
  ])('lets an item expire exactly on time: %s', async (_kind, exptime, seconds) => {
    await exchange(node.port, set('k', 'x', `0 ${exptime()}`));
    now += seconds * 1000 - 1;
    expect(await exchange(node.port, 'get k\r\n')).toMatch(/^VALUE k 0 1\r\nx\r\n/);
    now += 1;
    expect(await exchange(node.port, 'get k\r\n')).toMatch(/^END\r\n/);
  });

  it('flushes later what is stored until then', async () => {
    await exchange(node.port, `flush_all 10\r\n${set('old', 'x')}`);
    now += 9999;
    expect(await exchange(node.port, 'get old\r\n')).toMatch(/^VALUE/);
    now += 1;
    expect(await exchange(node.port, `get old\r\n${set('new', 'x')}get new\r\n`)).toMatch(
      /^END\r\nSTORED\r\nVALUE new/,
    );
  });

  it('drops the least recently used items past its bound', async () => {
    const value = 'v'.repeat(1000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) await exchange(node.port, set(name, value));
    await exchange(node.port, 'get a\r\n');
    await exchange(node.port, set('j', value));
    const left = [...(await exchange(node.port, 'get a b c j\r\n')).matchAll(/VALUE (\w)/g)].map((match) => match[1]);
    expect(left).toEqual(['a', 'c', 'j']);
  });
});

it('frees its port when it closes, and closes twice without harm', async () => {
  const node = await startMemcachedNode();
  await node.close();
  await node.close();
  const again = await startMemcachedNode({ port: node.port });
  await expect(startMemcachedNode({ port: node.port })).rejects.toThrow(/EADDRINUSE/);
  await again.close();
});
