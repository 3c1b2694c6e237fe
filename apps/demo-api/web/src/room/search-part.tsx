import { type Experiments, nameOf } from './experiments.js';
import type { RoomFaults, RoomState } from './room-state.js';
import { ServerButtons } from './server-buttons.js';

const unknown = <span class="bad">no answer</span>;

export function SearchPart({ state, experiments }: Readonly<{ state: RoomState; experiments: Experiments }>) {
  const { index, outbox, engine, faults } = state;
  return (
    <section aria-labelledby="room-search">
      <h3 id="room-search">
        Search <small>@rookery/search</small>
      </h3>
      <dl>
        <dt>OpenSearch</dt>
        <dd>{engine ?? unknown}</dd>
        <dt>Index behind {index?.alias ?? 'the alias'}</dt>
        <dd class="name">{index === null ? unknown : (index.index ?? 'none yet')}</dd>
        <dt>Last migration</dt>
        <dd>{index === null ? unknown : (index.phase ?? 'none yet')}</dd>
        <dt>Changes that wait</dt>
        <dd>{outbox === null ? unknown : waiting(outbox)}</dd>
        <dt>Dead letters</dt>
        <dd>{outbox === null ? unknown : outbox.deadLetters}</dd>
      </dl>
      {faults !== null && <SearchFaults faults={faults} experiments={experiments} />}
    </section>
  );
}

function waiting({ pending, lagMs }: { pending: number; lagMs: number }): string {
  return pending === 0 ? 'none' : `${pending}, the oldest for ${(lagMs / 1000).toFixed(1)} s`;
}

const OTHERS = ['opensearch', 'postgres'];

function SearchFaults({ faults, experiments }: Readonly<{ faults: RoomFaults; experiments: Experiments }>) {
  const others = faults.servers.filter(({ service }) => OTHERS.includes(service));
  const engineServer = others.find(({ service }) => service === 'opensearch');
  return (
    <>
      <div class="buttons">
        <button type="button" onClick={experiments.changeParty}>
          Change a president’s party
        </button>
        <button type="button" onClick={experiments.remove}>
          Remove a president
        </button>
        <button type="button" onClick={experiments.reset}>
          Reset the data
        </button>
        <button type="button" disabled={faults.migration.state !== 'idle'} onClick={() => experiments.migrate('start')}>
          Migrate the mapping
        </button>
        <button
          type="button"
          disabled={faults.migration.state !== 'migrated'}
          onClick={() => experiments.migrate('rollback')}
        >
          Roll it back
        </button>
        {engineServer && (
          <button
            type="button"
            disabled={engineServer.state !== 'running'}
            onClick={() => experiments.engineAway(engineServer)}
          >
            Take OpenSearch away for 10 s
          </button>
        )}
      </div>
      {faults.migration.state.endsWith('ing') && (
        <pre class="lines">{faults.migration.lines.slice(-3).join('\n') || 'Starting'}</pre>
      )}
      <ul class="nodes">
        {others.map((server) => (
          <li key={server.address} class={`node ${server.state === 'running' ? 'up' : 'down'}`}>
            <div>
              <strong>{nameOf(server.service)}</strong>{' '}
              <span class="state">{server.state === 'running' ? 'runs' : `is ${server.state}`}</span>
            </div>
            <ServerButtons server={server} name={nameOf(server.service)} onChange={experiments.change} />
          </li>
        ))}
      </ul>
    </>
  );
}
