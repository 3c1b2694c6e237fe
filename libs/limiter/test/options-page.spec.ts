import { readFileSync } from 'node:fs';
import * as limiter from '@rookery/limiter';
import * as redis from '@rookery/limiter/redis';
import { MODULE_DEFAULTS, MODULE_NAMES } from '../src/nest/module-options.js';
import { LIMITER_DEFAULTS } from '../src/service/limiter-options.js';

const PAGE = readFileSync(new URL('../docs/options.md', import.meta.url), 'utf8');
/** What `forRootAsync` has beside its factory. */
const EXTRAS = { name: 'default', isGlobal: true };
const DEFAULTS: Readonly<Record<string, unknown>> = { ...LIMITER_DEFAULTS, ...MODULE_DEFAULTS, ...EXTRAS, cost: 1 };

/** The options of the first table, each with the default that is written. */
const rows = PAGE.slice(0, PAGE.indexOf('| Storage |'))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => {
    const [, names, written] = line.split(' | ').length > 2 ? /^\| (.+?) \| (.+?) \|/.exec(line)! : [];
    const defaults = written!.startsWith('`[') ? [written!] : written!.split(', ');
    return names!.split(', ').map((name, index) => [name.replaceAll('`', ''), defaults[index]!] as const);
  });

describe('the page of options', () => {
  it('lists each option of the module, and no other', () => {
    const known = [...MODULE_NAMES, ...Object.keys(EXTRAS)];
    expect(rows.map(([name]) => name).sort()).toEqual(known.sort());
  });

  it.each(rows.filter(([name]) => name in DEFAULTS && name !== 'clock'))(
    'has the default of %s: %s',
    (name, written) => {
      const value = written
        .replaceAll('`', '')
        .replaceAll("'", '"')
        .replaceAll(/(\d)_(\d)/g, '$1$2');
      expect(JSON.parse(value)).toEqual(DEFAULTS[name]);
    },
  );

  it('calls required, or none, what has no default', () => {
    const without = rows.filter(([name]) => !(name in DEFAULTS)).map(([, written]) => written);
    expect(without.filter((written) => written.startsWith('`'))).toEqual([]);
  });

  it('lists each error, and each channel', () => {
    const errors = Object.keys({ ...limiter, ...redis }).filter((name) => /(Error|Exception)$/.test(name));
    expect(errors.filter((name) => !PAGE.includes(`\`${name}\``) && name !== 'RateLimitException')).toEqual([]);
    expect(errors.length).toBeGreaterThan(12);
    const named = [...PAGE.matchAll(/`([A-Z]\w+(?:Error|Exception))`/g)].map(([, name]) => name!);
    expect(named.filter((name) => !errors.includes(name))).toEqual([]);
    for (const name of Object.values(limiter.limiterChannels)) expect(PAGE).toContain(`\`${name}\``);
  });
});
