import { tmpdir } from 'node:os';
import { scratchFolder } from '../src/scratch-folder.js';

const TMPFS = 0x01021994;
const EXT4 = 0xef53;
const gibibytes = (count: number) => ({ bsize: 4096, bavail: (count * 2 ** 30) / 4096 });

describe('the folder of throw-away data', () => {
  it('is memory where the system offers enough of it', () => {
    expect(scratchFolder({}, () => ({ type: TMPFS, ...gibibytes(8) }))).toBe('/dev/shm');
  });

  it.each([
    ['a container gives it too little', { type: TMPFS, ...gibibytes(0.0625) }],
    ['it is on a disk', { type: EXT4, ...gibibytes(100) }],
  ])('is that for temporary files where %s', (_, found) => {
    expect(scratchFolder({}, () => found)).toBe(tmpdir());
  });

  it('is that for temporary files where there is no memory to look at', () => {
    const missing = () => {
      throw new Error('ENOENT');
    };
    expect(scratchFolder({}, missing)).toBe(tmpdir());
  });

  it('is that of TMPDIR where it is set', () => {
    expect(scratchFolder({ TMPDIR: tmpdir() }, () => ({ type: TMPFS, ...gibibytes(8) }))).toBe(tmpdir());
  });
});
