import { Inject } from '@nestjs/common';

export const defaultHerdName = 'default';

/** The injection token of the herd `name`, for `app.get`, `inject: […]` and overrides in tests. */
export const getHerdToken = (name: string = defaultHerdName): string => `rookery:herd:${name}`;

/**
 * Injects a herd.
 *
 * @example constructor(@InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>) {}
 */
export const InjectHerd = (name?: string): PropertyDecorator & ParameterDecorator => Inject(getHerdToken(name));
