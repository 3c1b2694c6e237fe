import { startNodePair } from './node-pair.js';
import type { NodePair } from './node-pair.js';

const ms = (key: string, value: string, flags = '') =>
  `ms ${key} ${value.length}${flags && ` ${flags}`}\r\n${value}\r\n`;
const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
const long = 'k'.repeat(251);

/** Each works on keys of its own. */
const scripts: Record<string, string> = {
  'what is no command': lines('mg', 'ms', 'md', 'ma', 'mn x y', 'mx k', 'm', 'mgg k'),
  'mg of nothing, quiet or not': lines(
    'mg a0',
    'mg a0 v',
    'mg a0 q',
    'mg a0 k O1',
    'mg a0 O1 k',
    'mg a0 s v t c f l h',
    'mn',
  ),
  'mg with each return flag':
    ms('a1', 'value', 'F7 T100') +
    lines(
      ...'kstcfvlhuq'.split('').map((flag) => `mg a1 ${flag}`),
      'mg a1',
      'mg a1 Oopaque',
      'mg a1 Pany Lany b',
      'mn',
    ),
  'mg with all return flags, in two orders':
    ms('a2', 'value', 'F4294967295') + lines('mg a2 k s t c f v l h u q O1', 'mg a2 O1 u h l v f c t s k'),
  'whether a value was read':
    ms('a3', 'x') +
    lines('mg a3 h u', 'mg a3 h u', 'mg a3 h', 'mg a3 h', 'mn') +
    ms('a3', 'x') +
    lines('get a3', 'mg a3 h', 'mn') +
    ms('a3', 'x') +
    lines('touch a3 0', 'mg a3 h', 'mn') +
    ms('a3', 'x') +
    lines('gat 0 a3', 'mg a3 h'),
  'a life by mg, in the order of the flags':
    ms('a4', 'x') + lines('mg a4 t T100', 'mg a4 T200 t', 'mg a4 T0 t', 'mg a4 T-1', 'mg a4'),
  vivify:
    lines(
      'mg b0 N100 v t c k',
      'mg b0 N100 v t',
      'mg b0 t',
      'mg b1 N0 t',
      'mg b2 t N100',
      'mg b3 N100 T500 t',
      'mg b4 T500 N100 t',
      'mg b5 N-1',
      'mg b5 v',
    ) +
    ms('b0', 'made') +
    lines('mg b0 v t'),
  recache:
    ms('c0', 'x', 'T100') +
    lines('mg c0 R50', 'mg c0 R500 t', 'mg c0 R500', 'mg c0 R50') +
    ms('c1', 'x') +
    lines('mg c1 R500') +
    ms('c2', 'x', 'T100') +
    lines('mg c2 R0', 'mg c2 R-1', 'mg c2 T1000 R500', 'mg c2 R500 N9'),
  'out of date: one wins, the others are told':
    ms('d0', 'x', 'T100') +
    lines(
      'md d0 I T30',
      'mg d0 v t c',
      'mg d0 v t c',
      'get d0',
      'md d0 I',
      'mg d0 R500',
      'mg d0 R500',
      'md d0 I q',
      'mg d0 s',
    ),
  'out of date by ms with an older version':
    ms('d1', 'new', 'T100 F1') +
    lines('mg d1 c') +
    ms('d1', 'old', 'I C1 T9 F2 c') +
    lines('mg d1 v t f c', 'mg d1 v') +
    ms('d1', 'older', 'I C1') +
    lines('mg d1 v') +
    ms('d1', 'x', 'I C99999999 c k'),
  'ms with each mode': ['MS', 'ME', 'MR', 'MA', 'MP', 'MX', 'M', 'MSS', 'Ms']
    .flatMap((mode) => [
      ms('e0', 'a', mode),
      ms('e0', 'b', `${mode} c`),
      ms('e1', 'x', mode),
      lines('mg e0 v c', 'md e1'),
    ])
    .join(''),
  'ms appends with versions':
    ms('e2', 'b', 'F5 T100') +
    ms('e2', 'c', 'MA C0 c') +
    ms('e2', 'a', 'MP C1 c') +
    ms('e2', 'x', 'MA C99999999 c') +
    ms('e3', 'x', 'MA C5') +
    lines('mg e2 v f t'),
  'ms by versions that fit nothing':
    ms('e4', 'x') +
    ms('e4', 'y', 'C0') +
    ms('e4', 'y', 'C1 c') +
    ms('e5', 'y', 'C1') +
    ms('e4', 'y', 'C1 MR') +
    ms('e4', 'y', 'C1 ME') +
    lines('mg e4 v'),
  'ms with what it echoes':
    ms('e6', 'x', 'c k O1') +
    ms('e6', 'x', 'O1 k c') +
    ms('e6', 'x', 'q k O1') +
    ms('e6', 'x', 'ME k O1 q c') +
    ms('e6', 'x', 's t v f h l u N5 R5 Pa La J1 D1'),
  'ms with bad lines':
    lines('ms f0', 'ms f0 S2', 'ms f0 a', 'ms f0 -1', 'ms f0 1.5', `ms ${long} 1`, 'ms f0 4294967295', 'ms f0 +1') +
    'x\r\n',
  'ms with bad flags, and its data skipped':
    [
      'z',
      'T T',
      'Tx',
      'Fx',
      'F-1',
      'Cx',
      'C',
      'MX',
      'M',
      'T',
      'F',
      'O123456789012345678901234567890123',
      'O123456789012345678901234567890123 MX',
      'b',
      'Tx Fx',
      'Fx Tx',
      'Jx',
      'Dx',
      'Jx Dx q',
    ]
      .map((flags) => ms('f1', 'get f1', flags))
      .join('') + lines('mg f1 v'),
  'ms with longer and shorter data': `ms f2 3\r\nabcd\r\nms f2 3 q\r\nabcd\r\nms f2 3\r\nab\r\nmg f2 v\r\n`,
  'ms too large, which drops what was there': `${ms('f3', 'x')}${ms('f3', 'x'.repeat(2_000_000), 'ME q')}${lines('mg f3 v')}`,
  'ms of what is empty, binary and has line ends':
    ms('f4', '') + lines('mg f4 v s') + ms('f4', '\r\nEN\r\n\0\xff') + lines('mg f4 v s'),
  'too many flags':
    ['mg', 'md', 'ma']
      .map(
        (verb) =>
          `${verb} g0${' k'.repeat(18)}\r\n${verb} g0 ${'bNTRlOPLkstcfvhuqFCMJDI'.split('').slice(0, 17).join(' ')}\r\n`,
      )
      .join('') + `ms g0 1${' k'.repeat(17)}\r\n`,
  'bad flags of the others':
    ['mg', 'md', 'ma']
      .flatMap((verb) =>
        [
          'z',
          'v v',
          'Nx',
          'T',
          'Rx',
          'Fx',
          'Cx',
          'M',
          'MXX',
          'Jx',
          'Dx',
          '\x7f',
          'O123456789012345678901234567890123',
          'O1234567890123456789012345678901',
          '\xff',
        ].map((flags) => `${verb} g1 ${flags}\r\n`),
      )
      .join('') + lines(`mg ${long}`, `md ${long}`, `ma ${long}`),
  'an opaque that is too long after what has been done':
    lines(
      'mg g2 N100 O123456789012345678901234567890123',
      'mg g2 t',
      'ma g3 N100 O123456789012345678901234567890123',
      'mg g3 v t',
    ) +
    ms('g4', 'x') +
    lines('md g4 O123456789012345678901234567890123', 'mg g4'),
  md:
    ms('h0', 'x') +
    lines('md h0', 'md h0', 'md h1 q k O1') +
    ms('h0', 'x') +
    lines('md h0 q', 'md h0 k O1') +
    ms('h0', 'x') +
    lines('md h0 C0', 'md h0 C1 q k', 'md h0 I C1', 'mg h0 v', 'md h0 v t s f h l u'),
  'ma from nothing': lines(
    'ma i0',
    'ma i0 q',
    'ma i0 k O1',
    'ma i0 N0 J13 v',
    'ma i0 v t c',
    'ma i1 N100 v t',
    'ma i2 t N100 J5 v',
    'ma i3 N100 q v',
    'ma i4 N100 J18446744073709551615 v',
    'ma i4 v',
    'mn',
  ),
  'ma in each mode':
    ms('i5', '10') +
    lines(
      'ma i5 v',
      'ma i5 MI v',
      'ma i5 M+ D5 v',
      'ma i5 MD v',
      'ma i5 M- D100 v',
      'ma i5 MX',
      'ma i5 Mi',
      'ma i5 M',
      'ma i5 D0 v',
      'mg i5 v',
    ),
  'ma that shortens and lengthens':
    ms('i6', '10', 'F5 T100') +
    lines(
      'ma i6 MD v',
      'mg i6 v s f t h',
      'mn',
      'ma i6 D1000 T500 v t',
      'mg i6 v s f t h',
      'mn',
      'ma i6 T600 v t c k O1',
      'mg i6 t',
    ),
  'ma of what is no number': [
    '',
    'x',
    '1a',
    '-1',
    ' 5',
    '5 ',
    '5\0x',
    '0010',
    '018446744073709551615',
    '18446744073709551616',
  ]
    .map((value) => ms('i7', value) + lines('ma i7 v', 'ma i7 q', 'ma i7 C1', 'mn'))
    .join(''),
  'ma by versions': ms('i8', '5') + lines('ma i8 C0 v', 'ma i8 C1', 'ma i8 C99999999 k O1', 'ma i9 C1'),
  'keys in base64':
    ms('Zm9v', 'x', 'b k') +
    lines('mg foo v k', 'mg Zm9v b v k', 'mg Zm9v b k O1', 'ma Zm9v b k', 'md Zm9v b k', 'mg Zm9v b k', 'get foo') +
    ms('ICAN', 'binary', 'b') +
    lines('mg ICAN b k v', 'ma ICAO b N0 k', 'ma ICAO b k v', 'mg ICAP b N100 k', 'md ICAP b k', 'md ICAP b k'),
  'keys in base64 that lose their mark':
    ms('YXBw', 'x', 'b') +
    ms('YXBw', 'y', 'b MA k') +
    lines('mg YXBw b k') +
    ms('bnVt', '9', 'b') +
    lines('ma bnVt b k v', 'mg bnVt b k'),
  'keys in bad base64': [
    'Zm9',
    'Zm9v!',
    'Zg==',
    '====',
    'Z===',
    'Zg==Zg==',
    'Z!g=!=',
    'Zg=',
    '!!',
    'Zm9v=',
    'Zm9v====',
    'AAAA',
  ]
    .flatMap((key) => [lines(`mg ${key} b k N100`, `md ${key} b k`, `ma ${key} b k`), ms(key, 'x', 'b k')])
    .join(''),
  'a mix of both protocols': `set j0 5 100 2\r\n10\r\n${lines('mg j0 v f t', 'ma j0 v')}${ms('j0', 'x', 'F9 T50')}gets j0\r\nincr j0 1\r\nappend j0 0 0 1\r\ny\r\n${lines('mg j0 v f t c', 'md j0 I', 'gets j0')}cas j0 0 0 1 1\r\nz\r\n${lines('mg j0 v')}set j0 0 0 1\r\nx\r\n${lines('mg j0 v')}`,
};

describe('the embedded node answers the meta commands byte for byte like memcached', () => {
  let pair: NodePair;
  beforeAll(async () => {
    pair = await startNodePair();
  });
  afterAll(() => pair?.stop());

  it.each(Object.entries(scripts))('%s', async (_about, script) => {
    const { expected, answered } = await pair.ask(script);
    expect(expected).not.toContain('<no end>');
    expect(answered).toBe(expected);
  });
});
