import { Inject } from '@nestjs/common';

export const defaultHerdName = 'default';

/**
 * The injection token of the herd `name`, for `app.get`, `inject: […]` and overrides in tests. A package that is loaded
 * twice gives the same token twice.
 */
export const getHerdToken = (name: string = defaultHerdName): symbol => Symbol.for(`rookery:herd:${name}`);

/** The token of the options that the herd `name` is started with. */
export const getHerdOptionsToken = (name: string): symbol => Symbol.for(`rookery:herd:${name}:options`);

/** The token of what closes the herd `name` with its application. */
export const getHerdLifecycleToken = (name: string): symbol => Symbol.for(`rookery:herd:${name}:lifecycle`);

/**
 * Injects a herd.
 *
 * @example constructor(@InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>) {}
 */
export const InjectHerd = (name?: string): PropertyDecorator & ParameterDecorator => Inject(getHerdToken(name));

/** The injection token of a namespace of `HerdModule.forFeature`. */
export const getNamespaceToken = (namespace: string, herd: string = defaultHerdName): symbol =>
  Symbol.for(`rookery:herd:${herd}:namespace:${namespace}`);

/**
 * Injects a namespace of `HerdModule.forFeature`.
 *
 * @example constructor(@InjectNamespace('users') private readonly users: Namespace) {}
 */
export const InjectNamespace = (namespace: string, herd?: string): PropertyDecorator & ParameterDecorator =>
  Inject(getNamespaceToken(namespace, herd));
