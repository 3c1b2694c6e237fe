import { Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';

import type { Herd } from '../contracts/herd.js';
import { logChanges } from './topology-log.js';

/**
 * Ends a herd with its application: discovery stops first, connections close last, so that what other providers do while
 * they shut down still reaches the nodes.
 */
export class HerdLifecycle implements OnModuleDestroy, OnApplicationShutdown {
  constructor(private readonly herd: Herd<object>) {
    herd.topology$.subscribe(logChanges(new Logger(`Herd ${herd.name}`)));
  }

  onModuleDestroy(): Promise<void> {
    return this.herd.stopDiscovery();
  }

  onApplicationShutdown(): Promise<void> {
    return this.herd.close();
  }
}
