import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { createDocument } from './document.js';
import { refuseOtherMethods } from './methods.js';

/** Serves the OpenAPI page at `/docs`, the document at `/docs-json`, and refuses what the document has no method for. */
export function serveDocument(app: NestExpressApplication): void {
  const document = createDocument(app);
  app.use(refuseOtherMethods(document));
  SwaggerModule.setup('docs', app, () => document);
}
