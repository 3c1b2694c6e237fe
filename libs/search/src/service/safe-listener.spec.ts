import type { SearchEvent, SearchEventListener } from '../contracts/search-event.js';
import { safeListener } from './safe-listener.js';

describe('a listener of the application', () => {
  const event: SearchEvent = { type: 'relay-resumed' };

  it('receives events', () => {
    const received: SearchEvent[] = [];
    safeListener((one) => received.push(one))(event);
    expect(received).toEqual([event]);
  });

  it('may throw, or reject: that is a warning, and nothing else', async () => {
    const warnings: string[] = [];
    const rejecting = (() => Promise.reject(new Error('two'))) as () => unknown as SearchEventListener;
    const warn = (message: string): void => void warnings.push(message);
    safeListener(() => {
      throw new Error('one');
    }, warn)(event);
    safeListener(rejecting, warn)(event);
    await new Promise(setImmediate);
    expect(warnings).toEqual(['onEvent failed for relay-resumed: one', 'onEvent failed for relay-resumed: two']);
  });
});
