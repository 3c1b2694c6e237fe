import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Jdk } from './java.js';
import { fetchJars } from './opensearch-jars.js';
import { OpenSearchLauncher, type Launch } from './opensearch-launcher.js';
import { chooseLine, type OpenSearchLine } from './opensearch-line.js';
import { useOnce } from './opensearch-training.js';
import { startServer, type Recipe, type RunningServer } from './running-server.js';

/** Some 80 MB of classes are written at the end of the node that is trained. */
const TRAINING_STOP_MS = 120_000;
const JVM = {
  /**
   * The first compiler alone: half the time to the first answer, which counts more here than the last half of throughput. To verify
   * the classes of the jars again is a sixth of a start.
   */
  'quick start': [
    '-Xms512m',
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+UnlockDiagnosticVMOptions',
    '-XX:-BytecodeVerificationRemote',
  ],
  /** As in production, for what is measured. */
  throughput: ['-Xms2g', '-Xmx2g', '-XX:+UseG1GC'],
};

export type OpenSearchOptions = {
  /** Fails when it is in use; a free port by default. */
  port?: number;
  /** `2.x` is 2.19 with k-NN. By default 3.x where a JDK of 21 or later is found, else 2.x. */
  line?: OpenSearchLine;
  /** Keeps the data, each line in a folder of its own below this one; without it they go with the server. */
  dataDir?: string;
  /** What the virtual machine is good at; `quick start` by default. */
  tunedFor?: keyof typeof JVM;
  /** Called while the jars are fetched and quick starts are prepared, once per machine. */
  report?: (progress: string) => void;
};

/** Starts one real OpenSearch node, without security, on 127.0.0.1. */
export async function startOpenSearch({
  port,
  line: asked,
  dataDir,
  tunedFor = 'quick start',
  report = () => {},
}: OpenSearchOptions = {}): Promise<RunningServer> {
  const { line, jdk } = await chooseLine(asked);
  const jars = await fetchJars(line, report);
  const launcher = await OpenSearchLauncher.compiled(jars, jdk);
  const archived = tunedFor === 'quick start';
  if (archived && !launcher.isTrained) {
    report(`preparing quick starts of OpenSearch ${line}, once per machine`);
    await launcher.train(async (launch) => {
      const node = await startServer({ ...recipeOf({ line, jdk, tunedFor, launch }), stopTimeoutMs: TRAINING_STOP_MS });
      try {
        await useOnce(node.address);
      } finally {
        await node.stop();
      }
    });
  }
  return startServer(recipeOf({ line, jdk, tunedFor, port, dataDir, launch: launcher.launch({ archived }) }));
}

type Node = { line: OpenSearchLine; jdk: Jdk; launch: Launch } & Required<Pick<OpenSearchOptions, 'tunedFor'>> &
  Pick<OpenSearchOptions, 'port' | 'dataDir'>;

function recipeOf({ line, jdk, launch, tunedFor, port, dataDir }: Node): Recipe {
  const nodeName = `rookery-${randomBytes(6).toString('hex')}`;
  return {
    name: `OpenSearch ${line}`,
    port,
    // What is measured waits for the disk, as it does in production.
    scratch: tunedFor === 'throughput' ? tmpdir() : undefined,
    command: async (chosen, folder) => {
      const home = dataDir === undefined ? folder : resolve(dataDir, line);
      await mkdir(home, { recursive: true });
      const settings = {
        'cluster.name': 'rookery',
        'node.name': nodeName,
        'http.port': chosen,
        'transport.port': 0,
        'network.host': '127.0.0.1',
        'discovery.type': 'single-node',
        'cluster.routing.allocation.disk.threshold_enabled': false,
      };
      const native = line === '3.x' ? ['--enable-native-access=ALL-UNNAMED'] : [];
      return {
        file: join(jdk.home, 'bin/java'),
        args: [
          ...JVM[tunedFor],
          '-XX:-UsePerfData',
          ...native,
          ...launch,
          home,
          ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
        ],
      };
    },
    ready: async (chosen) => {
      const url = `http://127.0.0.1:${chosen}`;
      const ask = async (path: string) => (await fetch(url + path, { signal: AbortSignal.timeout(5000) })).json();
      if (((await ask('/')) as { name: string }).name !== nodeName) return false;
      const health = (await ask('/_cluster/health?wait_for_status=yellow&timeout=3s')) as { timed_out: boolean };
      return !health.timed_out;
    },
    readyTimeoutMs: 120_000,
    address: (chosen) => `http://127.0.0.1:${chosen}`,
    stopSignal: 'SIGTERM',
  };
}
