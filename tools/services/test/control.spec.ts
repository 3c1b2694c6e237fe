import { controlServers } from '../src/control.js';
import { exchange } from '../src/exchange.js';
import { poll } from '../src/poll.js';
import { type RunningServer, startMemcached } from '../src/index.js';

describe('the control of servers', () => {
  let server: RunningServer;
  beforeAll(async () => (server = await startMemcached()));
  afterAll(() => server.stop());

  const answers = (timeoutMs = 300) =>
    exchange(server.port, 'version\r\n', '\r\n', timeoutMs).then(
      () => true,
      () => false,
    );

  it('freezes, resumes, kills and restarts, and reports in which state each server is', async () => {
    const control = controlServers([{ service: 'memcached', server }]);
    const { address } = server;
    const stateAfter = async (action: string) => (await control({ action, address }))[0]!.state;
    expect(await control({ action: 'list' })).toEqual([{ service: 'memcached', address, state: 'running' }]);
    expect([await stateAfter('freeze'), await answers()]).toEqual(['frozen', false]);
    expect([await stateAfter('resume'), await answers(5000)]).toEqual(['running', true]);
    expect([await stateAfter('kill'), await answers()]).toEqual(['killed', false]);
    // Nothing is left to freeze or to resume.
    expect([await stateAfter('freeze'), await stateAfter('resume')]).toEqual(['killed', 'killed']);
    expect([await stateAfter('restart'), await answers(5000)]).toEqual(['running', true]);
    await stateAfter('freeze');
    expect([await stateAfter('restart'), await answers(5000)]).toEqual(['running', true]);
  });

  it('does one thing after the other to one server', async () => {
    const control = controlServers([{ service: 'memcached', server }]);
    const { address } = server;
    const all = Promise.all(['kill', 'restart', 'kill', 'restart'].map((action) => control({ action, address })));
    await poll(async () => (await control({ action: 'list' }))[0]!.state === 'restarting', 5000);
    expect(await control({ action: 'list' })).toMatchObject([{ state: 'restarting' }]);
    await all;
    expect(await control({ action: 'list' })).toMatchObject([{ state: 'running' }]);
    expect(await answers(5000)).toBe(true);
  });

  it.each([
    [{ action: 'format', address: '' }, 'the action must be list, freeze, resume, kill, restart (got format)'],
    [{}, 'got undefined'],
    [{ action: 'kill', address: '127.0.0.1:1' }, 'no server of this run has the address 127.0.0.1:1'],
  ])('refuses %j', async (request, message) => {
    await expect(controlServers([{ service: 'memcached', server }])(request)).rejects.toThrow(message);
  });
});
