import { join } from 'node:path';
import { readConfig } from './config/read-config.js';
import { writeEnvFile } from './env-file.js';
import { type FaultTools, parentControl } from './machine-room/faults/server-control.js';
import { describeStartFailure } from './start-error.js';
import { startDemo } from './start.js';
import { welcome } from './welcome.js';

/** What nothing can hold up, beyond the wait for requests under way. */
const CLOSE_DEADLINE_MS = 10_000;

let stopDeadlineMs = CLOSE_DEADLINE_MS;
const stop = stopOnSignals(() => stopDeadlineMs);
try {
  const config = readConfig(process.env);
  stopDeadlineMs += config.stopDelayMs + config.stopTimeoutMs;
  const demo = await startDemo(config, process.stdout, stop, config.faults ? faultTools() : undefined);
  const removeEnvFile = await writeEnvFile(config.envFile, demo.url, process.env);
  console.log(welcome(demo.url, config));
  const close = async () => {
    await removeEnvFile();
    await demo.stop();
    console.log('Stopped.');
  };
  if (stop.aborted) await close();
  else stop.addEventListener('abort', () => void close(), { once: true });
} catch (error) {
  if (!stop.aborted) {
    console.error(describeStartFailure(error));
    process.exitCode = 1;
  }
}

function faultTools(): FaultTools {
  const script = join(import.meta.dirname, 'search.js');
  return { servers: parentControl(process), searchCommand: [process.execPath, ...process.execArgv, script] };
}

/** The first signal stops in order, in bounded time; a second one ends the process at once. */
function stopOnSignals(deadlineMs: () => number): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => process.exit(1), deadlineMs()).unref();
    });
  }
  return controller.signal;
}
