import type { ModulesContainer } from '@nestjs/core';

import { HerdOptionError } from '../errors/option-error.js';
import { getHerdToken } from './tokens.js';

/** @throws {@link HerdOptionError} when two modules of one application register a herd `name`. */
export function assertUniqueName(modules: ModulesContainer, name: string): void {
  const owners = [...modules.values()].filter((module) => module.providers.has(getHerdToken(name)));
  if (owners.length < 2) return;
  const requirement = 'must not be that of another HerdModule; give each herd of an application a name of its own';
  throw new HerdOptionError([{ option: 'name', received: name, requirement }]);
}
