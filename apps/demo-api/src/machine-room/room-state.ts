import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ApiCount, ApiNullable } from '../openapi/properties.js';

export class RoomNode {
  @ApiProperty({ example: '127.0.0.1:11211' })
  id!: string;

  @ApiProperty({ enum: ['up', 'refusing', 'down'] })
  state!: 'up' | 'refusing' | 'down';

  @ApiProperty({ description: 'Its part of the keys.', minimum: 0, maximum: 1, example: 0.3385 })
  share!: number;

  @ApiCount({ description: 'Addresses that it had, since the start.' })
  hits!: number;

  @ApiCount()
  misses!: number;

  @ApiCount({ description: 'Operations that failed on it, since the start.' })
  failures!: number;
}

export class RoomOutbox {
  @ApiCount({ description: 'Changes that wait to be written to the index.' })
  pending!: number;

  @ApiCount({ description: 'Documents that were refused too often.' })
  deadLetters!: number;

  @ApiProperty({ description: 'Age of the oldest change that waits, in milliseconds.', minimum: 0 })
  lagMs!: number;
}

export class RoomIndex {
  @ApiProperty({ example: 'demo-passages' })
  alias!: string;

  @ApiNullable({ type: 'string' }, { example: 'demo-passages-v1-04554302' })
  index!: string | null;

  @ApiNullable(
    { type: 'string', enum: ['backfill', 'drain', 'verify', 'swapped', 'finished', 'rolled-back'] },
    { description: 'Of the last migration; null before the first.' },
  )
  phase!: string | null;
}

export class RoomLimits {
  @ApiCount({ description: 'Requests that the limiter let through, since the start.' })
  allowed!: number;

  @ApiCount()
  refused!: number;
}

export class RoomServer {
  @ApiProperty({ enum: ['postgres', 'opensearch', 'memcached', 'redis'] })
  service!: string;

  @ApiProperty({ example: '127.0.0.1:11211' })
  address!: string;

  @ApiProperty({ enum: ['running', 'frozen', 'killed', 'restarting'] })
  state!: 'running' | 'frozen' | 'killed' | 'restarting';
}

export class RoomMigration {
  @ApiProperty({ enum: ['idle', 'migrating', 'migrated', 'rolling-back'] })
  state!: 'idle' | 'migrating' | 'migrated' | 'rolling-back';

  @ApiProperty({ type: [String], description: 'What its commands have printed, the last lines.' })
  lines!: readonly string[];
}

export class RoomFaults {
  @ApiProperty({ type: [RoomServer], description: 'Those that `npm run demo` started, and can break.' })
  servers!: readonly RoomServer[];

  @ApiProperty()
  migration!: RoomMigration;
}

/** One message of `GET /machine-room/events`. What a server did not answer in time is null. */
@ApiExtraModels(RoomOutbox, RoomIndex, RoomFaults)
export class RoomState {
  @ApiCount({ description: 'Milliseconds since 1970.' })
  at!: number;

  @ApiCount({ description: 'Rises by one with each picture of the herd.' })
  topologyVersion!: number;

  @ApiProperty({ type: [RoomNode] })
  nodes!: readonly RoomNode[];

  @ApiCount({ description: 'Addresses that the process had in memory, so that no node was queried, since the start.' })
  memoryHits!: number;

  @ApiProperty()
  limits!: RoomLimits;

  @ApiNullable({ $ref: getSchemaPath(RoomOutbox) })
  outbox!: RoomOutbox | null;

  @ApiNullable({ $ref: getSchemaPath(RoomIndex) })
  index!: RoomIndex | null;

  @ApiNullable({ type: 'string', enum: ['green', 'yellow', 'red'] }, { description: 'Of OpenSearch.' })
  engine!: string | null;

  @ApiNullable({ $ref: getSchemaPath(RoomFaults) }, { description: 'null where the application makes no faults.' })
  faults!: RoomFaults | null;

  @ApiProperty({ type: [String], description: 'What happened since the message before.' })
  news!: readonly string[];
}
