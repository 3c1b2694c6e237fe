import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type HealthMessage, herdChannels } from '@rookery/herd';
import { type DecisionMessage, limiterChannels } from '@rookery/limiter';
import { searchChannels, type RelayBatchMessage } from '@rookery/search';

/** Lines kept for streams that read them later. */
const MAX_LINES = 50;

type Line = Readonly<{ number: number; text: string }>;

/** What the libraries report on their diagnostics channels, in sentences and in counts. */
export class News {
  allowed = 0;
  refused = 0;
  #lines: Line[] = [];
  #number = 0;
  readonly #listeners = [
    [herdChannels.health, (message: unknown) => this.#health(message as HealthMessage)],
    [limiterChannels.decision, (message: unknown) => this.#decision(message as DecisionMessage)],
    [searchChannels.relay, (message: unknown) => this.#relay(message as RelayBatchMessage)],
  ] as const;

  listen(): void {
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  ignore(): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
  }

  say(text: string): void {
    this.#lines = [...this.#lines, { number: (this.#number += 1), text }].slice(-MAX_LINES);
  }

  /** @returns the lines after the one of that number, and the number of the last line. */
  since(number: number): Readonly<{ lines: readonly string[]; last: number }> {
    return { lines: this.#lines.filter((line) => line.number > number).map(({ text }) => text), last: this.#number };
  }

  #health({ node, health }: HealthMessage): void {
    if (health.state === 'up') this.say(`Node ${node.id} is back`);
    else if (health.state === 'down') this.say(`Node ${node.id} is down: ${health.reason}. Its keys are misses`);
    else this.say(`Node ${node.id} refuses: ${health.reason}`);
  }

  #decision({ decision }: DecisionMessage): void {
    if (decision.allowed) this.allowed += 1;
    else this.refused += 1;
  }

  #relay({ documents, refused, released, lagMs }: RelayBatchMessage): void {
    if (released) this.say('The search engine does not answer: changes wait in the outbox');
    else if (documents > 0 || refused > 0)
      this.say(`The outbox has written ${documents} documents, ${(lagMs / 1000).toFixed(1)} s after the change`);
  }
}
