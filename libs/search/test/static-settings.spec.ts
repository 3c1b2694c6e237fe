import { describeWith } from '@rookery/services';

import { isStatic } from '../src/migration/static-settings.js';
import { engineAnswer } from './call-engine.js';
import { uniqueName } from './harness.js';

/** The engine puts these, and from then on no others. */
const REMOVED = new Set(['index.mapper.dynamic', 'index.optimize_auto_generated_id']);

type Settings = Readonly<Record<string, unknown>>;

describe.each(['opensearch', 'opensearch2'] as const)('each setting that an index has', (service) => {
  describeWith(service, service, (node) => {
    const index = uniqueName();

    const call = async <T>(method: string, path: string, body?: object): Promise<T> =>
      (await (await engineAnswer(node, method, path, body)).json()) as T;

    /** Those that it refuses to put on a living index, though with the values that they have. */
    async function refused(settings: Settings): Promise<{ statics: readonly string[]; others: Settings }> {
      const body = Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [name, value === '' ? null : value]),
      );
      const { error } = await call<{ error?: { reason: string } }>('PUT', `${index}/_settings`, body);
      const reason = error?.reason ?? 'none';
      const [, statics] = /non dynamic settings \[\[(.*?)\]\]/.exec(reason) ?? [];
      if (statics !== undefined) return { statics: statics.split(', '), others: settings };
      // Its own: no model can set those, on no index. It names one at a time.
      const [, own = reason] =
        /^(?:can not update (?:private|internal)|unknown) setting \[([^\]]*)\]/.exec(reason) ?? [];
      expect(Object.keys(settings)).toContain(own);
      return refused(Object.fromEntries(Object.entries(settings).filter(([name]) => name !== own)));
    }

    beforeAll(() => call('PUT', index));
    afterAll(() => call('DELETE', index));

    it('is known as static where the engine refuses to put it on a living index, and as dynamic elsewhere', async () => {
      const all = await call<Record<string, { settings: Settings; defaults: Settings }>>(
        'GET',
        `${index}/_settings?include_defaults=true&flat_settings=true`,
      );
      const { settings, defaults } = all[index]!;
      const { statics, others } = await refused(
        Object.fromEntries(
          Object.entries({ ...defaults, ...settings }).filter(
            ([name]) => name.startsWith('index.') && !REMOVED.has(name),
          ),
        ),
      );
      expect(statics.length).toBeGreaterThan(30);
      expect(Object.keys(others).filter(isStatic).sort()).toEqual([...statics].sort());
    });
  });
});
