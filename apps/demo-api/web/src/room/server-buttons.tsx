import type { Experiments } from './experiments.js';
import type { RoomServer } from './room-state.js';

export function ServerButtons({
  server,
  name,
  onChange,
}: {
  server: RoomServer;
  name: string;
  onChange: Experiments['change'];
}) {
  const { state } = server;
  return (
    <div class="buttons">
      {state === 'running' ? (
        <>
          <button type="button" aria-label={`Freeze ${name}`} onClick={() => onChange(server, 'freeze')}>
            Freeze
          </button>
          <button type="button" aria-label={`Kill ${name}`} onClick={() => onChange(server, 'kill')}>
            Kill
          </button>
        </>
      ) : (
        <button
          type="button"
          class="primary"
          disabled={state === 'restarting'}
          aria-label={`Revive ${name}`}
          onClick={() => onChange(server, state === 'frozen' ? 'resume' : 'restart')}
        >
          {state === 'restarting' ? 'Starting' : 'Revive'}
        </button>
      )}
    </div>
  );
}
