import { Inject } from '@nestjs/common';

import { getHerdToken } from './herd-token.js';

/** The injection token of a namespace of `HerdModule.forFeature`. */
export const getNamespaceToken = (namespace: string, herd?: string): string =>
  `${getHerdToken(herd)}:namespace:${namespace}`;

/**
 * Injects a namespace of `HerdModule.forFeature`.
 *
 * @example constructor(@InjectNamespace('users') private readonly users: Namespace) {}
 */
export const InjectNamespace = (namespace: string, herd?: string): PropertyDecorator & ParameterDecorator =>
  Inject(getNamespaceToken(namespace, herd));
