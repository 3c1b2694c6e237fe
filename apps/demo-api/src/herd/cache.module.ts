import { Module } from '@nestjs/common';
import { HerdModule, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { answerCodec } from '../addresses/cached-answer.js';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { Invalidations } from './invalidations.js';

@Module({ providers: [Invalidations], exports: [Invalidations] })
class InvalidationsModule {}

const herd = HerdModule.forRootAsync({
  name: 'cache',
  imports: [InvalidationsModule],
  inject: [DEMO_CONFIG, Invalidations],
  useFactory: ({ memcachedServers }: DemoConfig, { bus }: Invalidations) => ({
    discovery: staticNodes(memcachedServers),
    driver: memcached({ codec: answerCodec }),
    ...(bus === undefined ? {} : { bus }),
  }),
});

/** The nodes of memcached as one herd, and the bus that keeps true what processes hold of them in memory. */
@Module({ imports: [herd] })
export class CacheModule {}
