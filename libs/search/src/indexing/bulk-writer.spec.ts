import type { BulkOperation, BulkOutcome } from '../contracts/engine.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import { BULK_DEFAULTS, BulkWriter } from './bulk-writer.js';

/** Answers that a healthy engine does not give, by script. */
type Answer = (operations: readonly BulkOperation[]) => readonly BulkOutcome[];

const written = ({ id }: BulkOperation): BulkOutcome => ({ id, outcome: 'written' });
const busy = ({ id }: BulkOperation): BulkOutcome => ({
  id,
  outcome: 'failed',
  status: 429,
  type: 'busy',
  reason: 'queue full',
  retryable: true,
});
const refused = ({ id }: BulkOperation): BulkOutcome => ({
  id,
  outcome: 'failed',
  status: 400,
  type: 'bad',
  reason: 'no number',
  retryable: false,
});

describe('BulkWriter', () => {
  const operations = Array.from({ length: 9 }, (_, id): BulkOperation => ({
    action: 'index',
    index: 'i',
    id: `${id}`,
    source: '{}',
    version: 1,
  }));

  function writing(answer: Answer, options: Partial<typeof BULK_DEFAULTS> = {}) {
    const requests: string[][] = [];
    const bulk = (chunk: readonly BulkOperation[]): Promise<readonly BulkOutcome[]> => {
      requests.push(chunk.map(({ id }) => id));
      return Promise.resolve().then(() => answer(chunk));
    };
    return { requests, writer: new BulkWriter({ bulk }, { ...BULK_DEFAULTS, baseMs: 1, ...options }) };
  }

  it('sends again only what was busy, and reports what was refused', async () => {
    let round = 0;
    const { requests, writer } = writing((chunk) => {
      round += 1;
      return chunk.map((one) =>
        Number(one.id) % 3 === 0 ? refused(one) : round === 1 && Number(one.id) % 3 === 1 ? busy(one) : written(one),
      );
    });
    const report = await writer.write(operations);
    expect(requests).toEqual([operations.map(({ id }) => id), ['1', '4', '7']]);
    expect(report.succeeded).toBe(6);
    expect(report.failures.map(({ id, retryable }) => [id, retryable])).toEqual([
      ['0', false],
      ['3', false],
      ['6', false],
    ]);
  });

  it('gives up after its attempts', async () => {
    const { requests, writer } = writing((chunk) => chunk.map(busy), { attempts: 3 });
    const report = await writer.write(operations);
    expect(requests).toHaveLength(3);
    expect(report.failures).toHaveLength(9);
    expect(report.failures[0]).toMatchObject({ status: 429, retryable: true });
  });

  it('waits as long as its own strategy sets', async () => {
    const attempts: number[] = [];
    const { writer } = writing((chunk) => chunk.map(busy), {
      attempts: 4,
      baseMs: 60_000,
      maxMs: 60_000,
      retryAfterMs: (attempt) => (attempts.push(attempt), 0),
    });
    await writer.write(operations);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('repeats a request that got no answer at all', async () => {
    let round = 0;
    const { writer } = writing((chunk) => {
      if ((round += 1) === 1) throw new SearchEngineUnavailableError('e', 'connection', 'reset');
      return chunk.map(written);
    });
    expect(await writer.write(operations)).toMatchObject({ succeeded: 9, failures: [] });
  });

  it('throws the error of the engine for the request as a whole, after the other requests have ended', async () => {
    const { requests, writer } = writing(
      (chunk) => {
        if (chunk[0]!.id === '0') throw new Error('forbidden');
        return chunk.map(written);
      },
      { maxBytes: 1 },
    );
    await expect(writer.write(operations)).rejects.toThrow('forbidden');
    expect(requests.length).toBeLessThan(9);
  });

  it('leaves no failure unhandled while its source takes its time', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const { writer } = writing(
      () => {
        throw new Error('too large');
      },
      { maxBytes: 1 },
    );
    async function* slow(): AsyncGenerator<BulkOperation> {
      for (const operation of operations) {
        yield operation;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    await expect(writer.write(slow())).rejects.toThrow('too large');
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('never has more requests at once than allowed, and reads its source no further ahead', async () => {
    let open = 0;
    let most = 0;
    let read = 0;
    let sent = 0;
    const bulk = async (chunk: readonly BulkOperation[]): Promise<readonly BulkOutcome[]> => {
      most = Math.max(most, (open += 1));
      sent += 1;
      expect(read - sent).toBeLessThanOrEqual(3);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return chunk.map(written);
    };
    function* source(): Generator<BulkOperation> {
      for (const operation of operations) {
        read += 1;
        yield operation;
      }
    }
    const report = await new BulkWriter({ bulk }, { ...BULK_DEFAULTS, maxBytes: 1, concurrency: 2 }).write(source());
    expect(report.succeeded).toBe(9);
    expect(most).toBe(2);
  });
});
