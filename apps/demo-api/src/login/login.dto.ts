import { ApiProperty } from '@nestjs/swagger';
import { plainText, PlainText } from '../problem/plain-text.js';

const PASSWORD = { max: 200 };

/** The body of `POST /login`. */
export class Login {
  @ApiProperty({ example: 'four score', ...plainText(PASSWORD) })
  @PlainText(PASSWORD)
  password!: string;
}

/** The answer of `POST /login`. */
export class LoginAnswer {
  @ApiProperty({ description: 'For `Authorization: Bearer TOKEN`.', pattern: '^[A-Za-z0-9_-]{43}$' })
  token!: string;

  @ApiProperty({ format: 'date-time', description: 'When the token ends.' })
  expiresAt!: string;
}
