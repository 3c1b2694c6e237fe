import { setTimeout as delay } from 'node:timers/promises';
import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type INestApplication, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SearchService } from '@rookery/search';
import { AppModule } from './app.module.js';
import type { DemoConfig } from './config/demo-config.js';
import { prepareDatabase } from './data/prepare-database.js';
import { prepareIndexWhenPossible } from './data/prepare-index.js';
import type { Output } from './data/progress.js';
import { Readiness } from './health/readiness.js';
import { accessLog } from './http/access-log.js';
import { parseBodies } from './http/body-parser.js';
import { answerClientErrors } from './http/client-errors.js';
import { protect } from './http/edge.js';
import { requestId } from './http/request-id.js';
import { Traffic } from './http/traffic.js';
import { listen } from './listen.js';
import type { FaultTools } from './machine-room/faults/server-control.js';
import { Streams } from './machine-room/streams.js';
import { serveDocument } from './openapi/serve.js';
import { servePage } from './page/serve-page.js';
import { PlainLogger } from './plain-logger.js';
import { PassageSearch } from './search/passage-search.js';
import { validationPipe } from './problem/validation.pipe.js';
import { requestSpan } from './tracing/request-span.js';
import { currentTraceId } from './tracing/trace-id.js';

/** `stop` refuses readiness, lets the requests under way end, and then closes everything. */
export type RunningDemo = Readonly<{ app: INestApplication; url: string; stop: () => Promise<void> }>;

/** Starts the whole application: schema, data and index are made when they are not there; then it listens. */
export async function startDemo(
  config: DemoConfig,
  output: Output,
  signal: AbortSignal,
  faultTools?: FaultTools,
): Promise<RunningDemo> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.for(config, faultTools), {
    logger: new PlainLogger(output, config.tracing ? currentTraceId : undefined),
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true, // What is left after the drain.
  });
  app.getHttpServer().keepAliveTimeout = config.keepAliveMs;
  const traffic = new Traffic(app.getHttpServer());
  answerClientErrors(app.getHttpServer());
  app.get(Readiness).follow(() => !traffic.draining);
  try {
    if (config.tracing) app.use(requestSpan);
    app.use(requestId);
    if (config.accessLog) app.use(accessLog(output, config.tracing ? currentTraceId : undefined));
    protect(app, config);
    servePage(app);
    serveDocument(app);
    parseBodies(app);
    app.useGlobalPipes(validationPipe());
    await prepareDatabase(app.get(MikroORM), config, output, signal);
    await app.init();
    await prepareIndexWhenPossible({
      em: app.get(EntityManager),
      search: app.get(SearchService),
      output,
      signal,
      warmUp: () => app.get(PassageSearch).warmUp(),
    });
    const url = await listen(app.getHttpServer(), config);
    return { app, url, stop: () => stopInOrder(app, traffic, config) };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function stopInOrder(app: INestApplication, traffic: Traffic, config: DemoConfig): Promise<void> {
  traffic.refuseReadiness();
  app.get(Streams).end();
  if (config.stopDelayMs > 0) {
    traffic.announce();
    await delay(config.stopDelayMs); // A balancer that looks at readiness sends no more.
  }
  const cut = await traffic.drain(config.stopTimeoutMs);
  if (cut > 0) new Logger('Stop').warn(`${cut} requests were cut off after ${config.stopTimeoutMs} ms`);
  await app.close();
}
