import { PlainLogger } from './plain-logger.js';

function lines(use: (logger: PlainLogger) => void): string {
  let written = '';
  use(new PlainLogger({ write: (text) => (written += text) }));
  return written;
}

describe('PlainLogger', () => {
  it('logs the news of the libraries, not what Nest sets up', () => {
    expect(lines((logger) => logger.log('Node a:1 is up again', 'Herd cache'))).toBe(
      'Herd cache: Node a:1 is up again\n',
    );
    expect(lines((logger) => logger.log('AppModule dependencies initialized', 'InstanceLoader'))).toBe('');
  });

  it('logs each warning, and errors with their stack', () => {
    expect(lines((logger) => logger.warn('late', 'Anything'))).toBe('Anything: late\n');
    expect(lines((logger) => logger.error('failed', 'at x.ts:1', 'Request'))).toBe('Request: failed\nat x.ts:1\n');
    expect(lines((logger) => logger.error('failed', 'Request'))).toBe('Request: failed\n');
  });

  it('names the trace that a line is part of', () => {
    let written = '';
    const logger = new PlainLogger({ write: (text) => (written += text) }, () => 'ab12');
    logger.error('failed', 'at x.ts:1', 'Request');
    logger.warn('late');
    expect(written).toBe('Request (trace ab12): failed\nat x.ts:1\n(trace ab12): late\n');
  });

  it('leaves a failed start to the one who started it', () => {
    expect(lines((logger) => logger.error('policies.api.per must be …', 'stack', 'ExceptionHandler'))).toBe('');
  });
});
