import { useEffect, useState } from 'preact/hooks';
import { AddressDialog } from './address/address-dialog.js';
import { SearchPage } from './search/search-page.js';

type Shown = Readonly<{ address: number; passage: number | undefined }> | undefined;

/** The address that is shown stands in the fragment, `#address-72-3546`; the search in the query. */
function readFragment(): Shown {
  const [, address, passage] = /^#address-(\d{1,6})(?:-(\d{1,7}))?$/.exec(location.hash) ?? [];
  return address === undefined
    ? undefined
    : { address: Number(address), passage: passage === undefined ? undefined : Number(passage) };
}

export function App() {
  const [shown, setShown] = useState(readFragment);
  useEffect(() => {
    const follow = () => setShown(readFragment());
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    return () => (removeEventListener('popstate', follow), removeEventListener('hashchange', follow));
  }, []);
  const go = (fragment: string) => {
    history.pushState(history.state, '', `${location.pathname}${location.search}${fragment}`);
    setShown(readFragment());
  };
  const open = (address: number, passage?: number) =>
    go(`#address-${address}${passage === undefined ? '' : `-${passage}`}`);
  const close = () => go('');
  return (
    <>
      <SearchPage onOpen={open} />
      {shown && <AddressDialog id={shown.address} passage={shown.passage} onOpen={open} onClose={close} />}
    </>
  );
}
