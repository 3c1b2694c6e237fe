import { memoryEngine } from '@rookery/search/testing';
import { caseOf } from './batch.js';
import { inMemory, runModel } from './run-model.js';
const [plan, script] = process.env['CASE']
  ? JSON.parse((await import('node:fs')).readFileSync(process.env['CASE'], 'utf8'))
  : caseOf(Number(process.argv[2]));
const world = inMemory(memoryEngine);
const open = world.open;
const outcome = await runModel(plan, process.argv[3] ? script : [], {
  ...world,
  open: async (s) => {
    const made = await open(s);
    (globalThis as any).orm = made.orm;
    const l: any = made.orm.config.getLogger();
    if (process.env['SQL']) {
      l.isEnabled = () => true;
      l.log = (ns: string, m: string) => console.log(ns, m);
      l.logQuery = (c: any) => console.log('Q', c.query, JSON.stringify(c.params));
    }
    return made;
  },
});
console.log(outcome);
