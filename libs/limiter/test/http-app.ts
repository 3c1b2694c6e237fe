import type { ModuleMetadata } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';

export type Platform = 'express' | 'fastify';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method?: 'get' | 'post';
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** A Nest application that was started, over Express or Fastify. */
export interface HttpApp {
  readonly nest: INestApplication;
  call(path: string, call?: Call): Promise<Answer>;
  /** The statuses of `count` calls, one after another. */
  statuses(path: string, count: number, call?: Call): Promise<number[]>;
  close(): Promise<void>;
}

/** @param trustProxy what Express's `trust proxy` or Fastify's `trustProxy` is set to */
export async function startHttpApp(
  platform: Platform,
  metadata: ModuleMetadata,
  { trustProxy }: { trustProxy?: boolean | string } = {},
): Promise<HttpApp> {
  const testing = await Test.createTestingModule(metadata).compile();
  const nest =
    platform === 'express'
      ? testing.createNestApplication()
      : testing.createNestApplication<NestFastifyApplication>(
          new FastifyAdapter(trustProxy === undefined ? {} : { trustProxy }),
        );
  if (platform === 'express' && trustProxy !== undefined)
    (nest as NestExpressApplication).set('trust proxy', trustProxy);
  nest.useLogger(false);
  await nest.listen(0, '127.0.0.1');
  const call = async (path: string, { method = 'get', headers = {}, body }: Call = {}): Promise<Answer> => {
    const agent = request(await nest.getUrl());
    const sent = agent[method](path).set(headers);
    const answer = await (body === undefined ? sent : sent.send(body));
    return { status: answer.status, headers: answer.headers, body: answer.body as Record<string, unknown> };
  };
  const statuses = async (path: string, count: number, options?: Call): Promise<number[]> => {
    const seen: number[] = [];
    for (let index = 0; index < count; index++) seen.push((await call(path, options)).status);
    return seen;
  };
  return { nest, call, statuses, close: () => nest.close() };
}
