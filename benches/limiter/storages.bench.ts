/**
 * Decisions per second of each storage beside its peers over the same servers, in one interleaved run: one hot key, 10,000
 * keys, and a flood of which all but ten are refused. Starts its own Redis, memcached and PostgreSQL.
 *
 *     npm run bench -- limiter storages [decisions in flight] [storage]
 */
import { printTable } from '../herd/table.js';
import { interleaved, type Contender } from './interleaved.js';
import { PEER, startSubjects, type Subject } from './storage-subjects.js';

/** Every storage where none is named. */
const ONLY = process.argv[3];
const ROUNDS = 5;
/** As many as an application has under way at a busy moment; peers and ours alike. */
const CONCURRENCY = Number(process.argv[2] ?? 500);

const SCENARIOS: readonly { readonly title: string; readonly decide: (subject: Subject) => Contender['decide'] }[] = [
  {
    title: 'one hot key',
    decide:
      ({ consume }) =>
      () =>
        consume('wide', 'hot'),
  },
  {
    title: '10,000 keys',
    decide:
      ({ consume }) =>
      (i) =>
        consume('wide', `key-${i % 10_000}`),
  },
  {
    title: 'refused flood',
    decide:
      ({ consume }) =>
      () =>
        consume('narrow', 'flood'),
  },
];

const label = ({ storage, name }: Subject): string => `${storage}: ${name}`;
const { subjects: all, stop } = await startSubjects();
const subjects = all.filter(({ storage }) => ONLY === undefined || storage === ONLY);
if (subjects.length === 0) throw new Error(`no storage is called ${ONLY}`);
const measured: Map<string, number>[] = [];
for (const { decide } of SCENARIOS) {
  measured.push(
    await interleaved(
      subjects.map((subject) => ({ name: label(subject), decide: decide(subject) })),
      ROUNDS,
      CONCURRENCY,
    ),
  );
}

console.log(
  `Decisions per second, ${CONCURRENCY} at a time, median of ${ROUNDS} interleaved rounds; in brackets against ${PEER} on the same storage.\n`,
);
printTable(
  ['storage', 'limiter', ...SCENARIOS.map(({ title }) => title)],
  subjects.map((subject) => [
    subject.storage,
    subject.name,
    ...measured.map((rates) => {
      const rate = rates.get(label(subject))!;
      return `${Math.round(rate).toLocaleString('en')} (${(rate / rates.get(`${subject.storage}: ${PEER}`)!).toFixed(2)})`;
    }),
  ]),
);

await stop();
process.exit(); // The peers' timers would keep the process.
