import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { plainText, PlainText } from '../../problem/plain-text.js';
import { WholeJsonNumber } from '../../problem/whole-number.js';
import { SERVER_ACTIONS, type ServerAction } from './server-control.js';

const STEPS = ['start', 'rollback'] as const;
/** As long as a frozen server stays so, where nobody mends it before. */
const SECONDS = { min: 1, max: 60 };

/** The body of `POST /machine-room/servers`. */
export class ServerChange {
  @ApiProperty({ description: 'Of one of `faults.servers`.', example: '127.0.0.1:11211', ...plainText({ max: 300 }) })
  @PlainText({ max: 300 })
  address!: string;

  @ApiProperty({ enum: SERVER_ACTIONS })
  @IsIn(SERVER_ACTIONS, { message: `action must be one of ${SERVER_ACTIONS.join(', ')}` })
  action!: ServerAction;

  @ApiPropertyOptional({ type: 'integer', minimum: SECONDS.min, maximum: SECONDS.max, default: SECONDS.max })
  @WholeJsonNumber(SECONDS)
  seconds = SECONDS.max;
}

/** The body of `POST /machine-room/migration`. */
export class MigrationStep {
  @ApiProperty({ enum: STEPS })
  @IsIn(STEPS, { message: `step must be one of ${STEPS.join(', ')}` })
  step!: (typeof STEPS)[number];
}
