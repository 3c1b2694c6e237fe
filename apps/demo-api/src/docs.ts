import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the OpenAPI page at `/docs`, and the document at `/docs-json`. */
export function serveDocs(app: INestApplication): void {
  const options = new DocumentBuilder()
    .setTitle('State of the Union search')
    .setDescription(
      'All 233 State of the Union addresses from 1790 to 2021: passages searched in OpenSearch, responses cached in memcached, routes rate-limited.',
    )
    .setVersion('0.1.0')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, options));
}
