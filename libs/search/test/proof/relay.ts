import type { SearchEngine } from '@rookery/search';
import { FAULT_POINTS, type FaultPoint } from './fault-points.js';
import { connect, engineAt, searchOf, settingOfProcess, startBetweenCuts, stopAsked } from './setting.js';

/** Relays until it receives a stop, or kills itself between two steps. */
const setting = settingOfProcess();
const orm = await connect(setting);

let passages = 0;
function pass(point: FaultPoint): void {
  if (setting.killAt?.point !== point) return;
  passages += 1;
  if (passages >= setting.killAt.passage) process.kill(process.pid, 'SIGKILL');
}

const engine = engineAt(setting.openSearch);
const bulk: SearchEngine['bulk'] = async (operations, options) => {
  pass('before write');
  const outcomes = await engine.bulk(operations, options);
  pass('after write');
  return outcomes;
};
const watched = new Proxy(engine, {
  get: (target, name) => (name === 'bulk' ? bulk : (target[name as never] as unknown)),
});

const connection = orm.em.getDriver().getConnection('write');
const execute = connection.execute.bind(connection) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
connection.execute = (async (sql: unknown, ...rest: unknown[]) => {
  const result = await execute(sql as string, ...rest);
  const point = typeof sql === 'string' ? FAULT_POINTS.find(({ after }) => after?.test(sql)) : undefined;
  if (point) pass(point.name);
  return result;
}) as typeof connection.execute;

const search = searchOf(orm, setting, { engine: watched, relay: { pollMs: 50, batchSize: 50 } });
await startBetweenCuts(search);
await stopAsked();
await search.close();
await orm.close(true);
process.exit(0);
