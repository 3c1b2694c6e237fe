import { WakeUp } from './wake-up.js';

const FOR_EVER_MS = 3_600_000;

describe('a wait that others end', () => {
  const { signal } = new AbortController();

  it('ends after its time', async () => {
    await new WakeUp().wait(1, signal);
  });

  it('ends at a call', async () => {
    const wakeUp = new WakeUp();
    const waiting = wakeUp.wait(FOR_EVER_MS, signal);
    wakeUp.call();
    await waiting;
  });

  it('ends at once where the call came before it', async () => {
    const wakeUp = new WakeUp();
    wakeUp.call();
    await wakeUp.wait(FOR_EVER_MS, signal);
  });

  it('waits again once earlier calls are forgotten', async () => {
    const wakeUp = new WakeUp();
    wakeUp.call();
    wakeUp.reset();
    let ended = false;
    const waiting = wakeUp.wait(FOR_EVER_MS, signal).then(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    wakeUp.call();
    await waiting;
  });

  it('ends when its signal aborts, before or while it waits', async () => {
    const stop = new AbortController();
    const waiting = new WakeUp().wait(FOR_EVER_MS, stop.signal);
    stop.abort();
    await waiting;
    await new WakeUp().wait(FOR_EVER_MS, stop.signal);
  });
});
