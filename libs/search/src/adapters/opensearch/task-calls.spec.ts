import { taskCalls } from './task-calls.js';

describe('the state of a task', () => {
  const status = { total: 3, updated: 0, deleted: 0, version_conflicts: 0, noops: 0 };
  const cancellation = {
    type: 'task_cancelled_exception',
    reason: "The parent task was cancelled, shouldn't start any child tasks, by user request",
  };
  const read = (answer: object) =>
    taskCalls((() => Promise.resolve({ completed: true, ...answer })) as never).readTask('node:1');

  // Errors as OpenSearch 2.19 gave them to tasks that were cancelled at their start; whether the flag is set yet is chance.
  it.each([
    [
      'that was sent it',
      {
        task: { status, cancelled: true },
        error: { type: 'search_phase_execution_exception', reason: 'all shards failed' },
      },
    ],
    ['that was stored before it was sent it', { task: { status, cancelled: false }, error: cancellation }],
    [
      'whose search was',
      {
        task: { status, cancelled: false },
        error: { type: 'search_phase_execution_exception', reason: 'all shards failed', caused_by: cancellation },
      },
    ],
    [
      'whose search was on a shard',
      {
        task: { status, cancelled: false },
        error: {
          type: 'search_phase_execution_exception',
          reason: 'all shards failed',
          failed_shards: [{ reason: cancellation }],
        },
      },
    ],
    [
      'between two batches',
      { task: { status, cancelled: true }, response: { ...status, canceled: 'by user request' } },
    ],
  ])('is cancelled: one %s', async (_when, answer) => {
    expect(await read(answer)).toMatchObject({ state: 'cancelled', progress: { total: 3 } });
  });

  it('is failed by any other error', async () => {
    const error = {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      caused_by: { type: 'script_exception', reason: 'compile error' },
      failed_shards: [{ reason: { type: 'script_exception', reason: 'compile error' } }],
    };
    expect(await read({ task: { status, cancelled: false }, error })).toEqual({
      state: 'failed',
      type: error.type,
      reason: error.reason,
    });
  });
});
