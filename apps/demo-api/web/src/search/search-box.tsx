import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { call, type Suggestions } from '../api.js';

const DEBOUNCE_MS = 120;
const SUGGESTIONS = 4;

const MODES = [
  ['words', 'All words'],
  ['fuzzy', 'Similar words'],
  ['phrase', 'Exact phrase'],
  ['near', 'Words near each other'],
  ['query', 'Query syntax'],
] as const;

type Choice = Readonly<{ label: string; detail: string; choose: () => void }>;
type Props = Readonly<{
  query: string;
  mode: string;
  onSearch: (query: string) => void;
  onMode: (mode: string) => void;
  onPresident: (id: number) => void;
  onAddress: (id: number) => void;
}>;

/** A search field with suggestions below it: a combobox, for keyboards and screen readers too. */
export function SearchBox({ query, mode, onSearch, onMode, onPresident, onAddress }: Props) {
  const [text, setText] = useState(query);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [suggested, setSuggested] = useState<Suggestions>({ presidents: [], addresses: [] });
  const listId = useId();
  const typed = useRef(false);

  // The query changes from outside too: back and forward, another spelling.
  useEffect(() => setText(query), [query]);
  useEffect(() => {
    if (!typed.current) return;
    const ended = new AbortController();
    const timer = setTimeout(() => {
      if (text !== query) onSearch(text);
      if (text.trim() === '') return setSuggested({ presidents: [], addresses: [] });
      const asked = new URLSearchParams({ q: text.slice(0, 100), size: String(SUGGESTIONS) });
      call<Suggestions>(`suggest?${asked.toString()}`, { signal: ended.signal }).then(
        (answer) => (setSuggested(answer), setActive(-1), setOpen(true)),
        () => setSuggested({ presidents: [], addresses: [] }), // A search without suggestions is a search all the same.
      );
    }, DEBOUNCE_MS);
    return () => (clearTimeout(timer), ended.abort());
  }, [text]);

  const close = () => (setOpen(false), setActive(-1));
  const choices: Choice[] = [
    ...suggested.presidents.map(({ id, name, party }) => ({
      label: name,
      detail: party === 'none' ? 'President' : `President, ${party}`,
      choose: () => (setText(''), onPresident(id)),
    })),
    ...suggested.addresses.map(({ id, title }) => ({
      label: title,
      detail: 'Whole address',
      choose: () => onAddress(id),
    })),
  ];
  const shown = open && choices.length > 0;
  const choose = (choice: Choice) => ((typed.current = false), close(), choice.choose());

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter') {
      event.preventDefault();
      const choice = choices[active];
      if (shown && choice !== undefined) return choose(choice);
      onSearch(text);
      return close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || choices.length === 0) return;
    event.preventDefault();
    setOpen(true);
    setActive((active + step + choices.length + (active < 0 && step < 0 ? 1 : 0)) % choices.length);
  }

  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <div class="combobox">
        <input
          type="search"
          role="combobox"
          aria-label="Search the addresses"
          aria-expanded={shown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          placeholder="Try public debt, gold standard, or a president"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={text}
          onInput={(event) => ((typed.current = true), setText(event.currentTarget.value))}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
        <ul id={listId} role="listbox" aria-label="Suggestions" hidden={!shown}>
          {choices.map((choice, at) => (
            <li
              key={choice.label}
              id={`${listId}-${at}`}
              role="option"
              aria-selected={at === active}
              onMouseDown={(event) => (event.preventDefault(), choose(choice))}
            >
              <span>{choice.label}</span> <small>{choice.detail}</small>
            </li>
          ))}
        </ul>
      </div>
      <label class="mode">
        <span class="visually-hidden">How to read the words</span>
        <select value={mode} onChange={(event) => onMode(event.currentTarget.value)}>
          {MODES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
