import { parseArgs } from 'node:util';
import { startOpenSearch, startPostgres } from '@rookery/services';
import { prove } from './prove.js';

/**
 * The long form: `npm run prove:sync -- --seed 1 --seeds 100 --writers 8 --duration 3000 --restart 10`. One line per seed;
 * a seed that fails is run again with `--seed <n> --seeds 1`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    writers: { type: 'string', default: '8' },
    duration: { type: 'string', default: '8000' },
    restart: { type: 'string', default: '5' },
  },
});
const [postgres, openSearch] = await Promise.all([startPostgres(), startOpenSearch()]);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
let wrong = 0;
try {
  for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed += 1) {
    const restartOpenSearch = seed % Number(values.restart) === 0;
    const startedAt = performance.now();
    const result = await prove({
      seed,
      postgres: postgres.address,
      openSearch,
      writers: Number(values.writers),
      durationMs: Number(values.duration),
      restartOpenSearch,
    });
    const kills = Object.values(result.kills).reduce((sum, count) => sum + count, 0);
    print(
      `seed ${seed}: ${result.transactions} transactions, ${kills} relays killed, ${result.paused} migrators paused, ${result.unreadable} rows unreadable, migration ${result.migration}${restartOpenSearch ? ', OpenSearch restarted' : ''}, ${result.differences.length} differences, ${Math.round((performance.now() - startedAt) / 1000)} s`,
    );
    for (const difference of result.differences.slice(0, 10)) print(`  ${difference}`);
    if (result.differences.length > 0) wrong += 1;
  }
  print(`${values.seeds} seeds, ${wrong} with differences`);
} finally {
  await Promise.all([postgres.stop(), openSearch.stop()]);
}
process.exitCode = wrong > 0 ? 1 : 0;
