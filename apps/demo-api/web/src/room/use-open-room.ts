import { useState } from 'preact/hooks';

const KEY = 'machine-room';
/** Wide enough for the room beside the search. */
const WIDE = '(min-width: 84rem)';

/** Whether the machine room is shown: as the visitor left it, at first where there is space. */
export function useOpenRoom(): [boolean, () => void] {
  const [isOpen, setOpen] = useState(() => (recall() ?? String(matchMedia(WIDE).matches)) === 'true');
  const toggle = () => {
    setOpen(!isOpen);
    try {
      localStorage.setItem(KEY, String(!isOpen));
    } catch {
      // A browser that keeps nothing opens it as at first.
    }
  };
  return [isOpen, toggle];
}

function recall(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
