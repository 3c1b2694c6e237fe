import { MachineRoom } from '../room/machine-room.js';
import { useOpenRoom } from '../room/use-open-room.js';
import { Decades } from './decades.js';
import { FacetList } from './facet-list.js';
import { Results, Waiting } from './results.js';
import { SearchBox } from './search-box.js';
import { useSearch } from './use-search.js';
import { YearHistogram } from './year-histogram.js';

export function SearchPage({ onOpen }: { onOpen: (address: number, passage?: number) => void }) {
  const { view, loading, problem } = useSearch();
  const [isRoomOpen, toggleRoom] = useOpenRoom();
  const { span, setSpan } = view;
  const { decade, year } = view.answer.facets;

  return (
    <>
      <header class="masthead">
        <div class="wide">
          <div class="top">
            <p class="brand">State of the Union</p>
            <nav aria-label="More">
              <a href="/docs">API</a>
              <button type="button" aria-expanded={isRoomOpen} onClick={toggleRoom}>
                Machine room
              </button>
            </nav>
          </div>
          <h1>Two centuries of presidents, searched</h1>
          <SearchBox
            query={view.query}
            mode={view.mode}
            onSearch={view.setQuery}
            onMode={view.setMode}
            onPresident={view.showPresident}
            onAddress={onOpen}
          />
        </div>
      </header>
      <div class={isRoomOpen ? 'wide page with-room' : 'wide page'}>
        <aside class="facets" aria-label="Narrow the search">
          <FacetList title="Party" items={view.parties} onToggle={view.toggleParty} />
          <Decades counts={decade} span={span} onSpan={setSpan} />
          <FacetList title="President" items={view.presidents} onToggle={view.togglePresident} />
        </aside>
        <main aria-busy={loading}>
          <YearHistogram counts={year} span={span} onSpan={setSpan} />
          {problem !== undefined && (
            <p class="problem" role="alert">
              {problem} {!view.isAnswered && <a href="/">Start over</a>}
            </p>
          )}
          {view.isAnswered ? <Results view={view} onOpen={onOpen} /> : <Waiting />}
        </main>
        {isRoomOpen && <MachineRoom />}
      </div>
    </>
  );
}
