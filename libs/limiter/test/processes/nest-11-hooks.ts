/** Lets a process import NestJS 11 wherever the libraries import `@nestjs/…`. */
import { registerHooks } from 'node:module';

const NEST_11 = new URL('../../../../tools/nest-11/package.json', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, /^@nestjs\//.test(specifier) ? { ...context, parentURL: NEST_11 } : context),
});
