import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { awaitStopped, descendants, isAlive, killFamily, signalAll } from './processes.js';
import { freePort, portInUse } from './free-port.js';
import { guard } from './guard.js';
import { poll } from './poll.js';
import { scratchFolder } from './scratch-folder.js';
import { ServiceError } from './service-error.js';

/** A real server on 127.0.0.1 that this process started, and that does not outlive it. */
export interface RunningServer {
  /** What runs: `memcached`, `memcached (embedded)`, `PostgreSQL`, … */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Of the process that runs now: it changes with {@link restart}. */
  readonly pid: number;
  /** `host:port` for memcached, else a URL. */
  readonly address: string;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL. Resolves when the process is gone; its port refuses then, and {@link restart} works. */
  kill(): Promise<void>;
  /** Stops when it still runs, then starts on the same port and data folder. Resolves when it answers. */
  restart(): Promise<void>;
  /** Ends the process and removes its temporary folder. May be called twice. */
  stop(): Promise<void>;
}

/** Until all threads of a paused server have stopped; then they are as good as that. */
const stopTimeoutMs = 1000;

export type Command = { file: string; args: string[]; env?: NodeJS.ProcessEnv };

/** How to run one kind of server. */
export type Recipe = {
  name: string;
  /** Fails when it is in use; a free port when absent. */
  port?: number | undefined;
  /** Where its temporary folder is made; {@link scratchFolder} by default. */
  scratch?: string | undefined;
  /** Runs once, before the first start, in the new temporary folder. */
  prepare?(folder: string): Promise<void>;
  command(port: number, folder: string): Command | Promise<Command>;
  /** Whether the process `pid`, and no other, answers on `port`. May throw while it starts. */
  ready(port: number, pid: number, folder: string): Promise<boolean>;
  readyTimeoutMs: number;
  address(port: number): string;
  stopSignal: NodeJS.Signals;
  /** After which a server that does not stop is killed; 15 s by default. */
  stopTimeoutMs?: number;
};

const STOP_TIMEOUT_MS = 15_000;
const RELEASE_TIMEOUT_MS = 5_000;
const LOG_TAIL_LINES = 20;
/** A free port can be lost to another process between the look and the start. */
const PORT_ATTEMPTS = 3;

/**
 * Starts a server and waits until it answers.
 *
 * @throws {@link ServiceError} with the end of the server's log when it ends or does not answer in time.
 */
export async function startServer(recipe: Recipe): Promise<RunningServer> {
  const folder = await mkdtemp(
    join(recipe.scratch ?? scratchFolder(), `rookery-${recipe.name.toLowerCase().replaceAll(/\W+/g, '-')}-`),
  );
  const releaseFolder = guard({ folder });
  const removeFolder = async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    releaseFolder();
  };
  try {
    await recipe.prepare?.(folder);
    for (let attempt = 1; ; attempt++) {
      const server = new ServerProcess(recipe, recipe.port ?? (await freePort()), folder, removeFolder);
      try {
        await server.start();
        return server;
      } catch (error) {
        const portLost = recipe.port === undefined && attempt < PORT_ATTEMPTS && (await portInUse(server.port));
        if (!portLost) throw error;
      }
    }
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

class ServerProcess implements RunningServer {
  readonly host = '127.0.0.1';
  readonly name: string;
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly recipe: Recipe,
    readonly port: number,
    private readonly folder: string,
    private readonly removeFolder: () => Promise<void>,
  ) {
    this.name = recipe.name;
  }

  get address(): string {
    return this.recipe.address(this.port);
  }

  get pid(): number {
    if (this.child?.pid === undefined)
      throw new ServiceError(`${this.name} on port ${this.port} does not run: call restart() first`);
    return this.child.pid;
  }

  async start(): Promise<void> {
    if (await portInUse(this.port))
      throw new ServiceError(
        `${this.name}: port ${this.port} of ${this.host} is in use: choose another, or none to get a free one`,
      );
    const { file, args, env } = await this.recipe.command(this.port, this.folder);
    const log = openSync(this.logFile, 'a');
    // A session of its own, so that Ctrl-C reaches the runner alone, which then decides the order.
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: this.folder,
      env: { ...process.env, ...env },
    });
    closeSync(log);
    child.unref(); // A forgotten server must not keep a test run from ending; the guardian ends it then.
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    this.exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', (code, signal) => {
        failure ??= `it ended with ${signal ?? `code ${code}`}`;
        if (this.child === child) this.child = undefined;
        resolve();
      });
    });
    if (child.pid === undefined) {
      await this.exited;
      throw new ServiceError(`${this.name} could not be started: ${failure}`);
    }
    const pid = child.pid;
    const release = guard({ pid, signal: this.recipe.stopSignal });
    void this.exited.then(release);
    this.child = child;

    const settled = await poll(
      async () => failure !== undefined || (await this.isReady(pid)),
      this.recipe.readyTimeoutMs,
    );
    if (settled && failure === undefined) return;
    await this.end('SIGKILL');
    const reason = failure ?? `no answer on port ${this.port} within ${this.recipe.readyTimeoutMs / 1000} s`;
    throw new ServiceError(`${this.name} did not start: ${reason}. The end of its log:\n${this.logTail()}`);
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.end(this.recipe.stopSignal);
    await this.start();
  }

  async stop(): Promise<void> {
    await this.end(this.recipe.stopSignal);
    await this.removeFolder();
  }

  private get logFile(): string {
    return join(this.folder, 'server.log');
  }

  private async isReady(pid: number): Promise<boolean> {
    try {
      return await this.recipe.ready(this.port, pid, this.folder);
    } catch {
      return false;
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child) return;
    child.ref(); // Awaited now: the event loop must not end first.
    let killed: number[] = [];
    const kill = (): void => void (killed = this.child?.pid === undefined ? [] : killFamily(this.child.pid));
    if (signal === 'SIGKILL') kill();
    else {
      this.signal(signal);
      this.signal('SIGCONT');
    }
    const overdue = setTimeout(kill, this.recipe.stopTimeoutMs ?? STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(overdue);
    // They hold its port and its memory until they are gone.
    await poll(() => !killed.some(isAlive), RELEASE_TIMEOUT_MS);
  }

  /** PostgreSQL works in child processes: pausing the first alone would leave open connections answering. */
  private signal(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    const whole = signal === 'SIGSTOP' || signal === 'SIGCONT';
    const pids = whole ? [pid, ...descendants(pid)] : [pid];
    signalAll(pids, signal);
    if (signal === 'SIGSTOP') awaitStopped(pids, stopTimeoutMs);
  }

  private logTail(): string {
    try {
      return readFileSync(this.logFile, 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-LOG_TAIL_LINES)
        .map((line) => `  ${line}`)
        .join('\n');
    } catch {
      return '  (empty)';
    }
  }
}
