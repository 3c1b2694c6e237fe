import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

/** What is done with each message of a channel. */
export type Listeners = Readonly<Record<string, (message: never) => void>>;

/** Turns what a library publishes on its diagnostics channels into metrics, while the application runs. */
export abstract class ChannelCollector implements OnModuleInit, OnModuleDestroy {
  protected abstract readonly listeners: Listeners;

  onModuleInit(): void {
    this.#each(subscribe);
  }

  onModuleDestroy(): void {
    this.#each(unsubscribe);
  }

  #each(act: (channel: string, listen: (message: unknown) => void) => void): void {
    for (const [channel, listen] of Object.entries(this.listeners)) act(channel, listen as (message: unknown) => void);
  }
}
