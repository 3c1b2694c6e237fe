import type { DynamicModule } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { type DemoConfig, NAMESPACE } from './demo-config.js';

/** The configuration for every module, by `@Inject(DEMO_CONFIG)`; nothing else is read from the environment, nor from a file. */
export function provideConfig(config: DemoConfig): Promise<DynamicModule> {
  return ConfigModule.forRoot({
    isGlobal: true,
    cache: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    skipProcessEnv: true,
    load: [registerAs(NAMESPACE, () => config)],
  });
}
