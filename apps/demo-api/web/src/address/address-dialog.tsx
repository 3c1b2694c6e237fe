import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Hit, messageOf, type WholeAddress } from '../api.js';

const SIMILAR = 4;
const RETRY_MS = 2000;

type Props = Readonly<{
  id: number;
  passage: number | undefined;
  onOpen: (address: number, passage?: number) => void;
  onClose: () => void;
}>;

/** A whole address, at the passage that was found, and others about the same. */
export function AddressDialog({ id, passage, onOpen, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const address = useAnswer<WholeAddress>(`addresses/${id}`);
  const similar = useAnswer<{ hits: readonly Hit[] }>(`addresses/${id}/similar?size=${SIMILAR}`);

  useEffect(() => {
    if (!dialog.current!.open) dialog.current!.showModal();
  }, []);
  useEffect(() => {
    const place = passage === undefined ? undefined : dialog.current!.querySelector(`[data-passage="${passage}"]`);
    if (place) place.scrollIntoView({ block: 'center' });
    else dialog.current!.querySelector('.text')?.scrollTo(0, 0);
  }, [address.answer, passage]);

  return (
    <dialog
      ref={dialog}
      class="address"
      aria-labelledby="address-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="sheet">
        <header>
          <div>
            <h2 id="address-title">{address.answer?.title ?? 'State of the Union'}</h2>
            <p class="quiet">
              {address.answer ? `${address.answer.president.name}, ${address.answer.year}` : 'One moment'}
            </p>
          </div>
          <button type="button" class="close" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        {address.problem && (
          <p class="problem" role="alert">
            {address.problem}
          </p>
        )}
        <div class="text" tabIndex={0} role="region" aria-label="Text of the address">
          {address.answer?.passages.map(({ id: each, text }) => (
            <p key={each} data-passage={each} class={each === passage ? 'found' : undefined}>
              {text}
            </p>
          ))}
        </div>
        <aside aria-label="Similar addresses">
          <h3>Similar addresses</h3>
          {similar.problem && <p class="problem">{similar.problem}</p>}
          <ul>
            {similar.answer?.hits.map((hit) => (
              <li key={hit.id}>
                <button type="button" class="link" onClick={() => onOpen(hit.address.id, hit.id)}>
                  {hit.president.name}, {hit.address.year}
                </button>
              </li>
            ))}
          </ul>
        </aside>
      </div>
    </dialog>
  );
}

/** The answer of `path`; without one, the reason, and repeated requests until it answers or something else is shown. */
function useAnswer<Body>(path: string): { answer?: Body; problem?: string } {
  const [state, setState] = useState<{ path: string; answer?: Body; problem?: string }>({ path });
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = (): void =>
      void call<Body>(path, { signal: ended.signal }).then(
        (answer) => setState({ path, answer }),
        (error: unknown) => {
          if (ended.signal.aborted) return;
          setState({ path, problem: messageOf(error) });
          timer = setTimeout(ask, RETRY_MS);
        },
      );
    ask();
    return () => (ended.abort(), clearTimeout(timer));
  }, [path]);
  return state.path === path ? state : {};
}
