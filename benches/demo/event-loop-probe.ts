/** Loaded into the process that is measured: answers each message with the delays of its event loop since the one before. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

process.on('message', () => {
  process.send!({
    p99Ms: delays.percentile(99) / 1e6,
    maxMs: delays.max / 1e6,
    residentBytes: process.memoryUsage.rss(),
  });
  delays.reset();
});
process.channel?.unref();
