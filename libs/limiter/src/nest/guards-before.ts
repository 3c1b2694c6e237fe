import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, type ApplicationConfig } from '@nestjs/core';

/** On the prototype of each guard of this library: the name of its limiter. The same where the package is loaded twice. */
const GUARDED_LIMITER = Symbol.for('rookery:limiter:guarded');

/** Registers a class, with those that extend it, as guards of the limiter of that name. */
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
const GATEWAY = 'websockets:message_mapping';
const PATTERN = 'microservices:pattern';
const NONE: Guards = { limiters: [], others: false };

/** What of Nest's container is looked at. */
interface Container {
  readonly applicationConfig?: ApplicationConfig;
  getModules?(): { getRpcTargetRegistry?(): { subscribe(next: () => void): unknown } };
}

/** Which guards Nest runs before a handler, as far as that is visible. */
@Injectable()
export class GuardsBefore {
  readonly #container: Container | undefined;

  constructor(
    @Inject(ModuleRef) moduleRef: object,
    @Inject(HttpAdapterHost) private readonly host: { readonly httpAdapter?: unknown },
  ) {
    this.#container = (moduleRef as { readonly container?: Container }).container;
  }

  /**
   * Whether the application is a server, to which microservices may be connected: their guards are those of the application only
   * where they inherit its configuration, and nothing shows whether they do.
   */
  get isServer(): boolean {
    return Boolean(this.host.httpAdapter);
  }

  /** Once the application has started: what `useGlobalGuards` was given is visible only then. Nothing where it is not visible. */
  of(target: object, handler: object): Guards | undefined {
    const config = this.#container?.applicationConfig;
    if (config === undefined) return undefined;
    if (this.isServer && [ROUTE, FIELD, GATEWAY].some((key) => Reflect.hasMetadata(key, handler))) {
      const isReached = !Reflect.hasMetadata(GATEWAY, handler) || reachesGateways(config);
      return union(isReached ? globalGuards(config) : NONE, declared(target), declared(handler));
    }
    if (this.isServer || !isMessageHandler(handler) || !this.#isMicroservice()) return undefined;
    return union(globalGuards(config), declared(target), declared(handler));
  }

  /** Those of the whole application, once it has started. */
  ofApplication(): Guards {
    const config = this.#container?.applicationConfig;
    return config === undefined ? NONE : globalGuards(config);
  }

  /** Those that run before a handler of messages whatever a microservice inherits; nothing where it is no such handler. */
  ofMessages(target: object, handler: object): Guards | undefined {
    return isMessageHandler(handler) ? union(declared(target), declared(handler)) : undefined;
  }

  /** Calls back for each microservice of the application: for those that there are, and for those to come. */
  onMicroservice(found: () => void): void {
    this.#container?.getModules?.().getRpcTargetRegistry?.().subscribe(found);
  }

  /** A context alone serves nobody. */
  #isMicroservice(): boolean {
    let found = false;
    this.onMicroservice(() => (found = true));
    return found;
  }
}

function isMessageHandler(handler: object): boolean {
  return Reflect.hasMetadata(PATTERN, handler);
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
