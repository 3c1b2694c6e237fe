import type { Experiments } from './experiments.js';
import { HitChart } from './hit-chart.js';
import type { Room, RoomNode, RoomServer, RoomState } from './room-state.js';
import { ServerButtons } from './server-buttons.js';

export function CachePart({
  room,
  state,
  experiments,
}: Readonly<{ room: Room; state: RoomState; experiments: Experiments }>) {
  const servers = new Map(state.faults?.servers.map((server) => [server.address, server]));
  return (
    <section aria-labelledby="room-cache">
      <h3 id="room-cache">
        Cache <small>@rookery/herd</small>
      </h3>
      <HitChart history={room.history} />
      <p class="quiet">{state.memoryHits.toLocaleString('en')} hits in memory, before any node was asked</p>
      <ul class="nodes">
        {state.nodes.map((node) => (
          <Node key={node.id} node={node} server={servers.get(node.id)} experiments={experiments} />
        ))}
      </ul>
    </section>
  );
}

const STATES = { up: 'answers', refusing: 'refuses', down: 'is down' } as const;

function Node({
  node,
  server,
  experiments,
}: {
  node: RoomNode;
  server: RoomServer | undefined;
  experiments: Experiments;
}) {
  const { id, state, share, hits, misses } = node;
  return (
    <li class={`node ${state}`}>
      <div>
        <strong>{id.replace(/^127\.0\.0\.1/, '')}</strong> <span class="state">{STATES[state]}</span>
      </div>
      <p class="quiet">
        {Math.round(share * 100)} % of the keys, {hits.toLocaleString('en')} hits, {misses.toLocaleString('en')} misses
      </p>
      {server && <ServerButtons server={server} name={`node ${id}`} onChange={experiments.change} />}
    </li>
  );
}
