import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SearchService } from '@rookery/search';
import { AppModule } from './app.module.js';
import type { DemoConfig } from './config.js';
import { prepareDatabase } from './data/prepare-database.js';
import { prepareIndexWhenPossible } from './data/prepare-index.js';
import type { Output } from './data/progress.js';
import { serveDocs } from './docs.js';
import { listen } from './listen.js';
import { PlainLogger } from './plain-logger.js';
import { validationPipe } from './problem/validation.pipe.js';

export type RunningDemo = Readonly<{ app: INestApplication; url: string }>;

/** Starts the whole application: schema, data and index are made when they are not there; then it listens. */
export async function startDemo(config: DemoConfig, output: Output, signal: AbortSignal): Promise<RunningDemo> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.for(config), {
    logger: new PlainLogger(output),
    abortOnError: false,
    forceCloseConnections: true,
  });
  try {
    app.disable('x-powered-by');
    app.useGlobalPipes(validationPipe());
    serveDocs(app);
    await prepareDatabase(app.get(MikroORM), config, output, signal);
    await app.init();
    await prepareIndexWhenPossible({ em: app.get(EntityManager), search: app.get(SearchService), output, signal });
    return { app, url: await listen(app.getHttpServer(), config) };
  } catch (error) {
    await app.close();
    throw error;
  }
}
