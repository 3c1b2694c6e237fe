import { HerdNodeError } from '../../../errors/operation-errors.js';
import { addressOf } from '../../../support/nodes.js';
import { problemOf } from '../../../support/message-of.js';
import type { NextConnection } from '../../../support/connection-setting.js';
import type { Node } from '../../../contracts/node.js';
import type { RedisConnection } from '../redis-options.js';
import { agreed, queryServer } from '../server-query.js';

type Address = Readonly<{ host: string; port: number }>;
type Answer = Address & Readonly<{ epoch: number }>;

/** Asks sentinels for primaries. */
export class Primaries {
  constructor(
    private readonly sentinels: readonly Address[],
    private readonly connection: (node: Node) => NextConnection<RedisConnection>,
    private readonly timeoutMs: number,
  ) {}

  /**
   * The primary of the group `name`, as most of the sentinels see it; where as many see another, that of the later failover.
   *
   * @throws HerdNodeError where no sentinel has it.
   */
  async locate(name: string): Promise<Address> {
    try {
      const answers = await agreed(
        this.sentinels,
        (sentinel) => this.ask(sentinel, name),
        addressOf,
        ({ epoch }) => epoch,
      );
      const { host, port } = answers[0]!.answer;
      return { host, port };
    } catch (cause) {
      throw new HerdNodeError({
        what: `No sentinel has a primary of ${JSON.stringify(name)} (${problemOf(cause)})`,
        remedy:
          'see that the sentinels run, that they watch this name, and that sentinelConnection has what they require',
        cause,
      });
    }
  }

  private ask(sentinel: Address, name: string): Promise<Answer> {
    const plan = { next: this.connection({ id: addressOf(sentinel), ...sentinel }), timeoutMs: this.timeoutMs };
    return queryServer(sentinel, plan, async (redis) => readPrimary(await redis.call('SENTINEL', 'MASTER', name)));
  }
}

/** The reply is a flat list of names and values, or with RESP3 a map. */
function readPrimary(reply: unknown): Answer {
  const fields = Array.isArray(reply) ? pairsOf(reply as unknown[]) : ((reply ?? {}) as Record<string, unknown>);
  const { ip, port, 'config-epoch': epoch } = fields;
  if (typeof ip !== 'string' || ip === '' || !(Number(port) > 0)) throw new Error('its answer has no address');
  return { host: ip, port: Number(port), epoch: Number(epoch ?? 0) };
}

const pairsOf = (list: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: list.length / 2 }, (_, i) => [String(list[2 * i]), list[2 * i + 1]]));
