import type { RelayBatchMessage } from '../contracts/diagnostics.js';
import type { SearchEvent } from '../contracts/search-event.js';
import type { TraceContext } from '../contracts/trace-context.js';
import { SafeTraceContext } from './safe-trace-context.js';

const message = { index: 'books' } as RelayBatchMessage;
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('a trace context that goes wrong', () => {
  let events: SearchEvent[];
  let batches: number;
  const safe = (inner: Partial<TraceContext>): SafeTraceContext =>
    new SafeTraceContext(inner as TraceContext, (event) => events.push(event));
  const batch = (): Promise<RelayBatchMessage> => {
    batches += 1;
    return Promise.resolve(message);
  };
  beforeEach(() => {
    events = [];
    batches = 0;
  });

  it.each(['', 'x'.repeat(300), 7 as never])('by its text %j leaves the row without one, and is reported', (wrong) => {
    expect(safe({ current: () => wrong }).current()).toBeUndefined();
    expect(events).toMatchObject([
      { type: 'trace-lost', error: { message: expect.stringContaining('traceparent') as string } },
    ]);
  });

  it('is reported once until it works again', () => {
    const answers = ['', '', traceparent, ''];
    const context = safe({ current: () => answers.shift() });
    const given = [context.current(), context.current(), context.current(), context.current()];
    expect(given).toEqual([undefined, undefined, traceparent, undefined]);
    expect(events).toHaveLength(2);
  });

  it.each<[string, TraceContext['resume']]>([
    ['before the batch', () => Promise.reject(new Error('no tracer'))],
    ['after the batch', (_index, _causes, run) => run().then(() => Promise.reject(new Error('no exporter')))],
    ['without running it', () => Promise.resolve(message)],
  ])('%s, has the batch run once all the same', async (_when, resume) => {
    await expect(safe({ resume }).resume('books', [traceparent], batch)).resolves.toBe(message);
    expect(batches).toBe(1);
  });

  it('lets the failure of a batch through', async () => {
    const resume: TraceContext['resume'] = (_index, _causes, run) => run();
    await expect(safe({ resume }).resume('books', [], () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  });
});
