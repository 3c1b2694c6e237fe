import { useEffect, useState } from 'preact/hooks';
import { messageOf, RequestError } from '../api.js';
import { EMPTY_VIEW, type SearchView, viewOf } from './search-view.js';
import { startSearch } from './start-search.js';

const RETRY_MS = 2000;

/** A view stays while the next search is under way, or fails. */
export type SearchState = Readonly<{ view: SearchView; loading: boolean; problem: string | undefined }>;

/** The search of the page, each time that it changes. What fails is tried again until it is answered. */
export function useSearch(): SearchState {
  const [search] = useState(startSearch);
  const [state, setState] = useState<SearchState>({ view: EMPTY_VIEW, loading: true, problem: undefined });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let problem: string | undefined;
    const draw = () => {
      if (search.status === 'idle') problem = undefined;
      setState({ view: viewOf(search), loading: search.status !== 'idle', problem });
    };
    const fail = ({ error }: { error: unknown }) => {
      problem = messageOf(error);
      clearTimeout(timer);
      if (mayHelp(error)) timer = setTimeout(() => search.refresh(), retryMs(error));
      setState({ view: viewOf(search), loading: false, problem });
    };
    search.on('render', draw);
    search.on('error', fail);
    search.start();
    return () => (clearTimeout(timer), search.dispose());
  }, [search]);
  return state;
}

/** What the application refuses, it refuses again. */
const mayHelp = (error: unknown): boolean =>
  error instanceof RequestError && (error.status === undefined || error.status === 429 || error.status >= 500);
const retryMs = (error: unknown): number =>
  Math.max(RETRY_MS, error instanceof RequestError ? error.retryAfterMs || 0 : 0);
