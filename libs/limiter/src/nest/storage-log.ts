import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { StorageStateMessage } from '../contracts/diagnostics.js';
import { messageOf } from '../errors/message-of.js';
import type { Limiter } from '../service/limiter.js';
import { LIMITER_NAME, MODULE_LIMITER } from './tokens.js';

const CONSEQUENCE = {
  local: 'each process limits on its own',
  open: 'every call passes',
  closed: 'calls are refused with 503',
} as const;

/** Waits at start until the storage answers, and logs one line when it begins to fail and one when it is back. */
@Injectable()
export class StorageLog implements OnModuleInit {
  readonly #logger: Logger;

  constructor(
    @Inject(LIMITER_NAME) name: string,
    @Inject(MODULE_LIMITER) private readonly limiter: Limiter,
  ) {
    this.#logger = new Logger(`Limiter:${name}`);
    limiter.watchStorage((message) => this.#log(message));
    limiter.watchPolicySource((message) => {
      if (message.state === 'serving') this.#logger.log(`policySource is back after ${message.failedForMs} ms`);
      else this.#logger.warn(`policySource fails, so its last answer holds: ${messageOf(message.error)}`);
    });
  }

  async onModuleInit(): Promise<void> {
    // The line about it is written already, and `onStorageError` holds until it is back.
    await this.limiter.ready().catch(() => undefined);
  }

  #log(message: StorageStateMessage): void {
    const storage = `storage '${message.storage}'`;
    if (message.state === 'serving') return this.#logger.log(`${storage} is back after ${message.failedForMs} ms`);
    const { onStorageError } = this.limiter;
    const reason = messageOf(message.error);
    this.#logger.warn(
      `${storage} fails, so ${CONSEQUENCE[onStorageError]} (onStorageError: '${onStorageError}'): ${reason}`,
    );
  }
}
