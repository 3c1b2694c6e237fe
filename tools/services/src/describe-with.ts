import { ADDRESS_VARIABLES, inCi, type ServiceName } from './service-names.js';

/**
 * A Jest `describe` that needs a real server. Without its address the suite is skipped with one loud line; in CI it fails.
 *
 * ```ts
 * describeWith('memcached', 'MemcachedDriver', (servers) => {   // 'host:port,host:port,host:port'
 *   it('stores', async () => { … });
 * });
 * ```
 *
 * @param suite receives the address: a URL, for memcached the list of `host:port` with commas.
 */
export function describeWith(service: ServiceName, title: string, suite: (address: string) => void): void {
  const variable = ADDRESS_VARIABLES[service];
  const address = process.env[variable];
  if (address) return describe(title, () => suite(address));
  const reason = `${variable} is not set: run "npm test", which starts ${service}, or set it`;
  if (inCi()) {
    return describe(title, () => {
      it(`needs ${service}`, () => {
        throw new Error(reason);
      });
    });
  }
  process.stderr.write(`\n!!! SKIPPED "${title}": ${reason}\n`);
  describe.skip(title, () => {
    it(`needs ${service}`, () => {});
  });
}
