import { ApiCount } from '../openapi/properties.js';

/** The answer of `POST /reset`. */
export class ResetAnswer {
  @ApiCount({ description: 'How many presidents had been edited or removed.' })
  presidents!: number;
}
