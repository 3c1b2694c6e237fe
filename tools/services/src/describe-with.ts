import { findServer } from './find-program.js';
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
  describeIf(
    service,
    process.env[variable],
    `${variable} is not set: run "npm test", which starts ${service}, or set it`,
    title,
    suite,
  );
}

/**
 * The same for a suite that compares with an installed program, such as `dnsmasq`.
 *
 * @param suite receives the path of the program.
 */
export function describeWithProgram(program: string, title: string, suite: (file: string) => void): void {
  describeIf(
    program,
    findServer(program),
    `${program} is not installed: "npm test" as root on Debian or Ubuntu installs it`,
    title,
    suite,
  );
}

function describeIf(
  needed: string,
  found: string | undefined,
  reason: string,
  title: string,
  suite: (found: string) => void,
): void {
  if (found) return describe(title, () => suite(found));
  if (inCi()) {
    return describe(title, () => {
      it(`needs ${needed}`, () => {
        throw new Error(reason);
      });
    });
  }
  process.stderr.write(`\n!!! SKIPPED "${title}": ${reason}\n`);
  describe.skip(title, () => {
    it(`needs ${needed}`, () => {});
  });
}
