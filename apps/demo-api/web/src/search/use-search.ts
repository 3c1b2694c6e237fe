import { useEffect, useState } from 'preact/hooks';
import { EMPTY_VIEW, type SearchView, viewOf } from './search-view.js';
import { startSearch } from './start-search.js';

/** A view stays while the next search is under way, or has a problem. */
export type SearchState = Readonly<{ view: SearchView; loading: boolean; problem: string | undefined }>;

/** The search of the page, each time that it changes. */
export function useSearch(): SearchState {
  const [state, setState] = useState<SearchState>({ view: EMPTY_VIEW, loading: true, problem: undefined });
  useEffect(() => {
    let problem: string | undefined;
    const draw = () =>
      setState({ view: viewOf(search), loading: search.status !== 'idle' && problem === undefined, problem });
    const search = startSearch((now) => {
      problem = now;
      draw();
    });
    search.on('render', draw);
    search.start();
    return () => search.dispose();
  }, []);
  return state;
}
