import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AddressesModule } from './addresses/addresses.module.js';
import { provideConfig } from './config/config.module.js';
import type { DemoConfig } from './config/demo-config.js';
import { DataModule } from './data/data.module.js';
import { ExportModule } from './export/export.module.js';
import { HealthModule } from './health/health.module.js';
import { CacheModule } from './herd/cache.module.js';
import { TopologyModule } from './herd/topology.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { LoginModule } from './login/login.module.js';
import type { FaultTools } from './machine-room/faults/server-control.js';
import { MachineRoomModule } from './machine-room/machine-room.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PresidentsModule } from './presidents/presidents.module.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { ResetModule } from './reset/reset.module.js';
import { PassageSearchModule } from './search/search.module.js';
import { SimilarModule } from './similar/similar.module.js';
import { SuggestModule } from './suggest/suggest.module.js';

/** The three libraries, and a module for each feature that uses them. */
@Module({})
export class AppModule {
  static for(config: DemoConfig, faultTools?: FaultTools): DynamicModule {
    return {
      module: AppModule,
      imports: [
        provideConfig(config),
        DataModule.for(config),
        CacheModule,
        LimitsModule,
        PassageSearchModule,
        SuggestModule,
        SimilarModule,
        ExportModule, // Before the addresses, whose :id would match its route.
        AddressesModule,
        PresidentsModule,
        ResetModule,
        LoginModule,
        HealthModule,
        MetricsModule,
        TopologyModule,
        MachineRoomModule.for(faultTools),
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
