import { useEffect, useState } from 'preact/hooks';

export type Colours = Readonly<{ accent: string; quiet: string; line: string; good: string; bad: string }>;

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    accent: colour('accent'),
    quiet: colour('quiet'),
    line: colour('line'),
    good: colour('good'),
    bad: colour('bad'),
  };
}

/** The colours of the page for what draws on a canvas, which style sheets do not reach; they follow the system's scheme. */
export function useColours(): Colours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setColours(read());
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  return colours;
}
