/** Loaded into a process that is measured: answers `'probe'` with what it has used since the start, and how late it was since the last. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export type Probed = Readonly<{ p99Ms: number; cpuMs: number; residentBytes: number }>;

const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

process.on('message', (message) => {
  if (message !== 'probe') return;
  const { user, system } = process.cpuUsage();
  const probed: Probed = {
    p99Ms: delays.percentile(99) / 1e6,
    cpuMs: (user + system) / 1000,
    residentBytes: process.memoryUsage.rss(),
  };
  process.send!(probed);
  delays.reset();
});
process.channel?.unref();
