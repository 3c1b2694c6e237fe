/** One process of the proof: it acts in one round after the other, as it receives them. */
import { startActor } from './actor.js';
import type { Order, Report } from './messages.js';

const nothing: Report = { writes: [], reads: [] };
let actor: Awaited<ReturnType<typeof startActor>> | undefined;

async function obey(order: Order): Promise<Report> {
  if (order.kind === 'begin') {
    actor = await startActor(order.setting);
    return nothing;
  }
  if (order.kind === 'end') {
    await actor?.end();
    actor = undefined;
    return nothing;
  }
  if (order.kind === 'nodes') return actor!.nodes(order.addresses, order.version);
  if (order.kind === 'access') return actor!.access(order.access);
  return order.kind === 'stop' ? actor!.stop() : actor!.read();
}

process.on('message', (order: Order) => void obey(order).then((report) => process.send!(report)));
process.on('disconnect', () => process.exit());
process.send!('ready');
