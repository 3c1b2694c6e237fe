import { setTimeout as delay } from 'node:timers/promises';
import {
  BadGatewayException,
  ConflictException,
  ForbiddenException,
  Inject,
  Injectable,
  NotFoundException,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { DEMO_CONFIG, type DemoConfig } from '../../config/demo-config.js';
import type { RoomFaults, RoomServer } from '../room-state.js';
import { MigrationRunner } from './migration-runner.js';
import type { FaultTools, ServerAction, ServerControl } from './server-control.js';

/** A restart can take longer than a client waits. */
const ANSWER_MS = 3_000;

/** Injects the {@link FaultTools}, or undefined. */
export const FAULT_TOOLS = Symbol('fault-tools');

/** Faults on purpose, in the demo alone. */
@Injectable()
export class Faults implements OnModuleInit, OnModuleDestroy {
  readonly #control: ServerControl | undefined;
  readonly #migration: MigrationRunner | undefined;
  readonly #thaws = new Map<string, NodeJS.Timeout>();
  #servers: readonly RoomServer[] = [];

  constructor(@Inject(DEMO_CONFIG) config: DemoConfig, @Inject(FAULT_TOOLS) tools: FaultTools | undefined) {
    if (!config.faults || tools === undefined) return;
    this.#control = tools.servers;
    this.#migration = new MigrationRunner(tools.searchCommand, environmentOf(config));
  }

  async onModuleInit(): Promise<void> {
    this.#servers = (await this.#control?.({ action: 'list' })) ?? [];
  }

  onModuleDestroy(): void {
    for (const timer of this.#thaws.values()) clearTimeout(timer);
    this.#migration?.stop();
  }

  /** @returns null where no faults are made. */
  state(): RoomFaults | null {
    return this.#migration === undefined ? null : { servers: this.#servers, migration: this.#migration.state };
  }

  /**
   * Breaks a server, or mends it. What is frozen goes on by itself after so many seconds; what starts slowly is
   * `restarting` in the answer.
   *
   * @throws ForbiddenException outside of the demo; NotFoundException where no server of this run has the address;
   * BadGatewayException where the server could not be broken or mended.
   */
  async change(address: string, action: ServerAction, seconds: number): Promise<RoomFaults> {
    const control = this.#control;
    if (control === undefined) throw refused();
    if (!this.#servers.some((server) => server.address === address)) throw unknown(address, this.#servers);
    clearTimeout(this.#thaws.get(address));
    try {
      const changed = control({ action, address }).then((servers) => void (this.#servers = servers));
      await Promise.race([changed, delay(ANSWER_MS, undefined, { ref: false })]);
      void changed.catch(() => undefined).then(() => this.#list(control));
      this.#servers = await control({ action: 'list' });
    } catch (error) {
      throw new BadGatewayException(error instanceof Error ? error.message : String(error));
    }
    if (action === 'freeze')
      this.#thaws.set(
        address,
        setTimeout(() => void this.#thaw(address, control), seconds * 1000),
      );
    return this.state()!;
  }

  /** @throws ForbiddenException outside of the demo; ConflictException where that is not what comes next. */
  migrate(step: 'start' | 'rollback'): RoomFaults {
    const migration = this.#migration;
    if (migration === undefined) throw refused();
    if (!(step === 'start' ? migration.migrate() : migration.rollBack()))
      throw new ConflictException(`The mapping is ${migration.state.state}: that step cannot be made now.`);
    return this.state()!;
  }

  async #list(control: ServerControl): Promise<void> {
    this.#servers = await control({ action: 'list' }).catch(() => this.#servers);
  }

  async #thaw(address: string, control: ServerControl): Promise<void> {
    this.#servers = await control({ action: 'resume', address }).catch(() => this.#servers);
  }
}

function unknown(address: string, servers: readonly RoomServer[]): NotFoundException {
  const known = servers.map((server) => server.address).join(', ');
  return new NotFoundException(`No server of this run has the address ${address}; it has ${known || 'none'}.`);
}

function refused(): ForbiddenException {
  return new ForbiddenException('Faults are made in the demo alone, which npm run demo starts with DEMO_FAULTS=on.');
}

/** What the commands need to find the servers of this process. */
function environmentOf(config: DemoConfig): Record<string, string> {
  return {
    POSTGRES_URL: config.postgresUrl,
    OPENSEARCH_URL: config.opensearchUrl,
    MEMCACHED_SERVERS: config.memcachedServers.join(','),
    DEMO_PREFIX: config.prefix,
    DEMO_ADDRESSES: String(config.addresses),
  };
}
