import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, type ApplicationConfig } from '@nestjs/core';

/** On the prototype of each guard of this library: the name of its limiter. The same where the package is loaded twice. */
const GUARDED_LIMITER = Symbol.for('rookery:limiter:guarded');

/** Makes a class known, with those that extend it, as guards of the limiter of that name. */
export function markGuard(guard: { readonly prototype: object }, limiter: string): void {
  Object.defineProperty(guard.prototype, GUARDED_LIMITER, { value: limiter });
}

/** What runs before a handler. */
export interface Guards {
  /** Those whose guard is among them. */
  readonly limiters: readonly string[];
  /** Guards of others, any of which may call one of a limiter. */
  readonly others: boolean;
}

/** `@UseGuards` notes its guards under this name, on a class and on a handler. */
const GUARDS = '__guards__';
/** Noted on a handler by what calls it through guards. */
const ROUTE = 'path';
const FIELD = 'graphql:resolver_type';
const MESSAGE = 'websockets:message_mapping';
const NONE: Guards = { limiters: [], others: false };

/** Which guards Nest runs before a handler, as far as it can be known. */
@Injectable()
export class GuardsBefore {
  constructor(
    @Inject(ModuleRef) private readonly moduleRef: object,
    @Inject(HttpAdapterHost) private readonly host: { readonly httpAdapter?: unknown },
  ) {}

  /** Once the application has started: what `useGlobalGuards` was given is known only then. Nothing where it cannot be known. */
  of(target: object, handler: object): Guards | undefined {
    const config = this.#config();
    if (config === undefined || ![ROUTE, FIELD, MESSAGE].some((key) => Reflect.hasMetadata(key, handler)))
      return undefined;
    const globally = Reflect.hasMetadata(MESSAGE, handler) && !reachesGateways(config) ? NONE : globalGuards(config);
    return union(globally, declared(target), declared(handler));
  }

  /** Without a server nothing is called from outside: a context alone, or microservices, which may have guards of their own. */
  #config(): ApplicationConfig | undefined {
    const { container } = this.moduleRef as { container?: { applicationConfig?: ApplicationConfig } };
    return this.host.httpAdapter ? container?.applicationConfig : undefined;
  }
}

/** NestJS 11 calls gateways without the guards of the application. */
function reachesGateways(config: ApplicationConfig): boolean {
  return 'getRouteConflictPolicy' in config;
}

function globalGuards(config: ApplicationConfig): Guards {
  const ofRequests = config.getGlobalRequestGuards().map(({ metatype }) => metatype as unknown);
  return guardsOf([...config.getGlobalGuards(), ...ofRequests]);
}

function declared(decorated: object): Guards {
  return guardsOf((Reflect.getMetadata(GUARDS, decorated) as readonly unknown[] | undefined) ?? []);
}

function guardsOf(guards: readonly unknown[]): Guards {
  return union(
    ...guards.map((guard): Guards => {
      const limiter = limiterOf(guard);
      return limiter === undefined ? { limiters: [], others: true } : { limiters: [limiter], others: false };
    }),
  );
}

/** Of a guard, or of its class. */
function limiterOf(guard: unknown): string | undefined {
  const made = typeof guard === 'function' ? (guard.prototype as unknown) : guard;
  return (made as { readonly [GUARDED_LIMITER]?: string } | null | undefined)?.[GUARDED_LIMITER];
}

function union(...all: readonly Guards[]): Guards {
  return all.reduce(
    (sum, { limiters, others }) => ({ limiters: [...sum.limiters, ...limiters], others: sum.others || others }),
    NONE,
  );
}
