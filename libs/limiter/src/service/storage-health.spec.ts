import { StorageHealth } from './storage-health.js';

describe('storage health', () => {
  const open = () => {
    let now = 0;
    const health = new StorageHealth('redis', () => now);
    const seen: string[] = [];
    health.watch((message) =>
      seen.push(
        message.state === 'failing' ? `failing ${String(message.error)}` : `serving after ${message.failedForMs}`,
      ),
    );
    return { health, seen, at: (ms: number) => (now = ms) };
  };

  it('reports the first failure, and that it is back when nothing has failed for a second', () => {
    const { health, seen, at } = open();
    health.answered();
    health.failed('down');
    at(5000);
    health.failed('still down');
    at(5999);
    health.answered();
    expect(seen).toEqual(['failing down']);
    at(6000);
    health.answered();
    health.answered();
    expect(seen).toEqual(['failing down', 'serving after 5000']);
  });

  it('reports a storage that fails now and then once', () => {
    const { health, seen, at } = open();
    for (let call = 0; call < 1000; call++) {
      at(call * 10);
      if (call % 50 === 0) health.failed('late');
      else health.answered();
    }
    expect(seen).toEqual(['failing late']);
  });

  it('stops reporting to whom stopped listening', () => {
    const { health } = open();
    const heard: unknown[] = [];
    health.watch((message) => heard.push(message))();
    health.failed('down');
    expect(heard).toEqual([]);
  });
});
