import type { RunningServer } from './running-server.js';
import { ServiceError } from './service-error.js';
import type { ServiceName } from './service-names.js';

const ACTIONS = ['freeze', 'resume', 'kill', 'restart'] as const;
type Action = (typeof ACTIONS)[number];

/** A server that this process started: `frozen` has open connections and answers nothing, `killed` has no process. */
export type ServerState = 'running' | 'frozen' | 'killed' | 'restarting';

export type ControlledServer = Readonly<{
  service: ServiceName;
  address: string;
  state: ServerState;
}>;
export type OwnServer = Readonly<{ service: ServiceName; server: RunningServer }>;

/** Requests of a program that was started beside the servers. Answers with the servers as they are afterwards. */
export type ServerControl = (request: unknown) => Promise<readonly ControlledServer[]>;

/**
 * Faults on request, to these servers and no others. What concerns one server happens in order.
 *
 * @returns answers `{ action: 'list' }`, and `{ action: 'freeze' | 'resume' | 'kill' | 'restart', address }`; it rejects with
 * a {@link ServiceError} that names the request.
 */
export function controlServers(servers: readonly OwnServer[]): ServerControl {
  const states = new Map<RunningServer, ServerState>();
  const turns = new Map<RunningServer, Promise<void>>();
  const list = () =>
    servers.map(({ service, server }) => ({
      service,
      address: server.address,
      state: states.get(server) ?? 'running',
    }));

  // A restart that failed has left no process.
  const failed = (server: RunningServer, error: unknown): never => {
    states.set(server, 'killed');
    throw error;
  };

  return async (request) => {
    const { action, address } = (request ?? {}) as { action?: unknown; address?: unknown };
    if (action === 'list') return list();
    const known = ACTIONS.find((each) => each === action);
    if (!known) throw new ServiceError(`the action must be list, ${ACTIONS.join(', ')} (got ${String(action)})`);
    const own = servers.find(({ server }) => server.address === address);
    if (!own) throw new ServiceError(`no server of this run has the address ${String(address)}`);
    const turn = (turns.get(own.server) ?? Promise.resolve()).then(async () => {
      const before = states.get(own.server) ?? 'running';
      if (known === 'restart') states.set(own.server, 'restarting');
      states.set(own.server, await act(own.server, known, before).catch((error: unknown) => failed(own.server, error)));
    });
    turns.set(
      own.server,
      turn.catch(() => undefined),
    );
    await turn;
    return list();
  };
}

async function act(server: RunningServer, action: Action, state: ServerState): Promise<ServerState> {
  switch (action) {
    case 'freeze':
      if (state === 'killed') return state;
      server.pause();
      return 'frozen';
    case 'resume':
      if (state === 'killed') return state;
      server.resume();
      return 'running';
    case 'kill':
      await server.kill();
      return 'killed';
    case 'restart':
      await server.restart();
      return 'running';
  }
}
