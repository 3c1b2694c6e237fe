import { useRef } from 'preact/hooks';
import { useExperiments } from './experiments.js';
import { CachePart } from './cache-part.js';
import { LimitsPart } from './limits-part.js';
import { NewsPart } from './news-part.js';
import { OutcomeCard } from './outcome-card.js';
import { type RoomState, useRoom } from './room-state.js';
import { SearchPart } from './search-part.js';

/** What the three libraries do behind the page, and ways to get in their way. */
export function MachineRoom() {
  const room = useRoom(true);
  const latest = useRef<RoomState>(undefined!);
  latest.current = room.state!;
  const experiments = useExperiments(() => latest.current);
  const { state, isLive } = room;
  return (
    <aside class="room" id="machine-room" aria-label="Machine room">
      <header>
        <h2>Machine room</h2>
        <span class={isLive ? 'live' : 'live off'}>{isLive ? 'Live' : 'Connecting'}</span>
      </header>
      {state === undefined ? (
        <p class="quiet">Waiting for the first message of the application.</p>
      ) : (
        <>
          <OutcomeCard outcome={experiments.outcome} />
          <CachePart room={room} state={state} experiments={experiments} />
          <SearchPart state={state} experiments={experiments} />
          <LimitsPart state={state} experiments={experiments} />
          <NewsPart room={room} />
        </>
      )}
    </aside>
  );
}
