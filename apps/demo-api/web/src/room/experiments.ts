import { useRef, useState } from 'preact/hooks';
import { call, messageOf, type RequestError, type SearchAnswer, sendJson } from '../api.js';
import { changeParty, removeAndRestore, resetData } from './edits.js';
import { probe, type ProbeReport } from './probe.js';
import type { RoomServer, RoomState } from './room-state.js';

/** Loaded by every demo, however few addresses it has. */
const ADDRESSES = 20;
const ADDRESS_EVERY_MS = 120;
const SEARCH_EVERY_MS = 500;
const WATCH_MS = 8000;
const AWAY_SECONDS = 10;
const KNOCKS = 60;
const MIGRATION_DEADLINE_MS = 180_000;
const LOOK_EVERY_MS = 400;
/** No address has the word until the new mapping lets it find `pirate`. */
const WORD = 'corsair';

/** What was done, what came of it, and what a client saw meanwhile. */
export type Outcome = Readonly<{ title: string; text: string; report: ProbeReport | undefined; isOver: boolean }>;
export type Say = (text: string) => void;

export type Experiments = Readonly<{
  outcome: Outcome | undefined;
  change: (server: RoomServer, action: 'freeze' | 'kill' | 'restart' | 'resume') => void;
  engineAway: (server: RoomServer) => void;
  burst: () => void;
  changeParty: () => void;
  remove: () => void;
  reset: () => void;
  migrate: (step: 'start' | 'rollback') => void;
}>;

const address = (request: number) => `addresses/${1 + (request % ADDRESSES)}`;
const search = () => 'search?q=union&size=1';
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The buttons of the machine room: one experiment at a time, with a probe beside it. */
export function useExperiments(latest: () => RoomState | undefined): Experiments {
  const [outcome, setOutcome] = useState<Outcome>();
  const running = useRef<AbortController>(undefined!);

  const run = async (
    title: string,
    asked: ((request: number) => string) | undefined,
    everyMs: number,
    act: (say: Say) => Promise<void>,
  ): Promise<void> => {
    running.current?.abort();
    const own = (running.current = new AbortController());
    const { signal } = own;
    let shown: Outcome = { title, text: '', report: undefined, isOver: false };
    const show = (change: Partial<Outcome>) => {
      if (!signal.aborted) setOutcome((shown = { ...shown, ...change }));
    };
    show({});
    const probing = new AbortController();
    const probed =
      asked && probe(asked, everyMs, AbortSignal.any([signal, probing.signal]), (report) => show({ report }));
    try {
      await act((text) => show({ text }));
    } catch (error) {
      show({ text: messageOf(error) });
    }
    probing.abort();
    await probed;
    show({ isOver: true });
  };

  const change: Experiments['change'] = ({ service, address: server }, action) => {
    const name = service === 'memcached' ? `node ${server}` : nameOf(service);
    const asked = service === 'opensearch' ? search : address;
    void run(
      titleOf(action, name),
      asked,
      service === 'opensearch' ? SEARCH_EVERY_MS : ADDRESS_EVERY_MS,
      async (say) => {
        await sendJson('POST', 'machine-room/servers', { address: server, action });
        say(whatHappens(service, action));
        await wait(WATCH_MS);
      },
    );
  };

  const engineAway: Experiments['engineAway'] = ({ address: server }) =>
    void run(`OpenSearch is away for ${AWAY_SECONDS} seconds`, search, SEARCH_EVERY_MS, async (say) => {
      await sendJson('POST', 'machine-room/servers', { address: server, action: 'freeze', seconds: AWAY_SECONDS });
      say('Searches are refused within their deadline; the addresses, from the herd and the database, are not.');
      await wait((AWAY_SECONDS + 3) * 1000);
      say('OpenSearch is back, and searches are answered again.');
    });

  const burst: Experiments['burst'] = () =>
    void run(`A burst of ${KNOCKS} requests`, undefined, 0, async (say) => {
      const answers = await Promise.all(Array.from({ length: KNOCKS }, knock));
      const passed = answers.filter((answer) => answer === undefined).length;
      const refusal = answers.find((answer) => answer !== undefined);
      say(
        `${passed} were let through, ${KNOCKS - passed} refused. The limit is 20 in 10 seconds. ${refusal?.message ?? ''}`,
      );
    });

  const edit = (title: string, act: (say: Say) => Promise<void>) => () => void run(title, search, SEARCH_EVERY_MS, act);

  const migrate: Experiments['migrate'] = (step) =>
    void run(
      step === 'start' ? 'A new mapping, under load' : 'Back to the old mapping',
      search,
      SEARCH_EVERY_MS,
      async (say) => {
        const before = await found(WORD);
        const during = step === 'start' ? 'migrating' : 'rolling-back';
        await sendJson('POST', 'machine-room/migration', { step });
        say(step === 'start' ? 'A new index is built beside the old one.' : 'Searches go to the old index again.');
        const deadline = performance.now() + MIGRATION_DEADLINE_MS;
        do await wait(LOOK_EVERY_MS * 3);
        while (latest()?.faults?.migration.state === during && performance.now() < deadline);
        const last = latest()?.faults?.migration.lines.at(-1) ?? '';
        say(`${last}. “${WORD}” found ${before} passages before, and finds ${await found(WORD)} now.`);
      },
    );

  return {
    outcome,
    change,
    engineAway,
    burst,
    changeParty: edit('A president changes party', changeParty),
    remove: edit('A president is removed', removeAndRestore),
    reset: edit('The data as they were', resetData),
    migrate,
  };
}

async function knock(): Promise<RequestError | undefined> {
  try {
    await call('machine-room/knock');
    return undefined;
  } catch (error) {
    return error as RequestError;
  }
}

async function found(word: string): Promise<number> {
  return (await call<SearchAnswer>(`search?q=${word}&size=1`)).total;
}

export function nameOf(service: string): string {
  return (
    { postgres: 'PostgreSQL', opensearch: 'OpenSearch', redis: 'Redis', memcached: 'memcached' }[service] ?? service
  );
}

function titleOf(action: string, name: string): string {
  return (
    { freeze: `Froze ${name}`, kill: `Killed ${name}`, resume: `Revived ${name}`, restart: `Revived ${name}` }[
      action
    ] ?? name
  );
}

function whatHappens(service: string, action: string): string {
  if (action === 'restart' || action === 'resume') return 'It is used again as soon as it answers.';
  if (service === 'memcached')
    return 'Its keys are misses, answered by the database once memory has let go of them, until it is probed and found well.';
  if (service === 'opensearch')
    return 'Searches are refused within their deadline, addresses are not, and changes wait in the outbox.';
  return 'What the herd holds is answered, what only the database has is not.';
}
