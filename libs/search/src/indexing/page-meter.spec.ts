import { pageMeter } from './page-meter.js';

describe('the meter of pages', () => {
  it('counts the keys of pages whose operations are all done, in order', () => {
    const seen: number[] = [];
    const meter = pageMeter((done) => seen.push(done));
    meter.add({ keys: 2, operations: 6 });
    meter.add({ keys: 3, operations: 9 });
    for (const done of [5, 6, 14, 15]) meter.written(done);
    expect(seen).toEqual([0, 2, 2, 5]);
  });

  it('counts a page of no operations with the next that is done', () => {
    const seen: number[] = [];
    const meter = pageMeter((done) => seen.push(done));
    meter.add({ keys: 1, operations: 0 });
    meter.add({ keys: 1, operations: 1 });
    meter.written(1);
    expect(seen).toEqual([2]);
  });
});
