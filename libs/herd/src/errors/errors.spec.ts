import { HerdError } from './herd-error.js';
import { messageOf, problemOf } from '../support/message-of.js';
import { HerdNodeDownError, HerdNodeError, HerdOperationError, HerdRequestError } from './operation-errors.js';
import { HerdOptionError } from './option-error.js';

describe('the errors of a herd', () => {
  it('report what is wrong, with what value, and what to do', () => {
    const problem = { option: 'refresh', received: { a: 1 }, requirement: `must be a duration, such as '30s'` };
    const error = new HerdOptionError([problem]);
    expect(error.message).toBe(`refresh must be a duration, such as '30s' (got { a: 1 })`);
    expect(error).toMatchObject({
      name: 'HerdOptionError',
      code: 'HERD_OPTION',
      problems: [problem],
      received: { a: 1 },
      remedy: `refresh must be a duration, such as '30s'`,
    });
    const request = new HerdRequestError({ what: 'A key must be a text', received: 5, remedy: 'pass a string' });
    expect(request.message).toBe('A key must be a text (got 5): pass a string');
  });

  it('are one family', () => {
    const down = new HerdNodeDownError({ what: 'Node a is down', remedy: 'start it' });
    for (const type of [HerdNodeError, HerdOperationError, HerdError, Error]) expect(down).toBeInstanceOf(type);
    expect(down).toMatchObject({
      name: 'HerdNodeDownError',
      code: 'HERD_NODE_DOWN',
      failure: 'node',
      message: 'Node a is down: start it',
    });
  });

  it('cut long values', () => {
    expect(
      new HerdRequestError({ what: 'bad', received: 'x'.repeat(5000), remedy: 'none' }).message.length,
    ).toBeLessThan(150);
  });
});

it.each([
  [new Error('plain'), 'plain'],
  [{ message: 'of another realm' }, 'of another realm'],
  [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [{}, 'an error without a message'],
  ['text', 'text'],
  [undefined, 'undefined'],
])('messageOf(%p) is %p', (thrown, message) => expect(messageOf(thrown)).toBe(message));

it.each([
  [new HerdNodeError({ what: 'Node a is late', received: 5, remedy: 'see a: all of it' }), 'Node a is late (got 5)'],
  [new HerdOptionError([{ option: 'x', received: 1, requirement: 'must be 2' }]), 'x must be 2 (got 1)'],
  [new Error('plain: see'), 'plain: see'],
  ['text', 'text'],
])('problemOf(%p) is %p', (thrown, problem) => expect(problemOf(thrown)).toBe(problem));
