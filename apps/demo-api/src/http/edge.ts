import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { DemoConfig } from '../config/demo-config.js';
import { compress } from './compress.js';
import { weakEtag } from './etag.js';

/** What stands before every route: proxies that are trusted, security headers, CORS, compression. */
export function protect(app: NestExpressApplication, config: Pick<DemoConfig, 'trustedProxies' | 'corsOrigins'>): void {
  app.disable('x-powered-by');
  app.set('etag', weakEtag);
  if (config.trustedProxies.length > 0) app.set('trust proxy', [...config.trustedProxies]);
  app.use(helmet({ strictTransportSecurity: false })); // TLS ends at the proxy, whose header it is.
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.corsOrigins],
      exposedHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Cache', 'X-Request-Id'],
    });
  }
  app.use(compress());
}
