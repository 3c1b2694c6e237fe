import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { documentRateLimits } from '@rookery/limiter/swagger';
import { complete } from './complete.js';

/** The OpenAPI document of the application: what each route accepts, and each answer that it gives. */
export function createDocument(app: INestApplication): OpenAPIObject {
  documentRateLimits(app);
  const options = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('State of the Union search')
    .setDescription(
      'All 233 State of the Union addresses from 1790 to 2021: passages searched in OpenSearch, responses cached in memcached, routes rate-limited.',
    )
    .setVersion('0.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The `token` that `POST /login` answers.' }, 'editor')
    .build();
  return complete(SwaggerModule.createDocument(app, options));
}
