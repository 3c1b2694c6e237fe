import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { instrumentHerds } from '@rookery/herd/opentelemetry';
import { instrumentLimiters } from '@rookery/limiter/opentelemetry';
import { instrumentSearch } from '@rookery/search/opentelemetry';

/** What the three libraries do becomes spans from the first request to the last batch of a stop. */
@Injectable()
class LibrarySpans implements OnApplicationShutdown {
  readonly #stops = [instrumentHerds(), instrumentLimiters(), instrumentSearch()];

  onApplicationShutdown(): void {
    for (const stop of this.#stops) stop();
  }
}

/** Spans go to the OpenTelemetry SDK that the process was started with; see the README. */
@Module({})
export class TracingModule {
  static for({ tracing }: { readonly tracing: boolean }): DynamicModule {
    return { module: TracingModule, providers: tracing ? [LibrarySpans] : [] };
  }
}
