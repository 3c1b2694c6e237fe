import { ApiProperty } from '@nestjs/swagger';

export class RoomNode {
  @ApiProperty({ example: '127.0.0.1:11211' })
  id!: string;

  @ApiProperty({ enum: ['up', 'refusing', 'down'] })
  state!: 'up' | 'refusing' | 'down';

  @ApiProperty({ description: 'Its part of the keys, from 0 to 1.', example: 0.3385 })
  share!: number;

  @ApiProperty({ description: 'Addresses that it had, since the start.' })
  hits!: number;

  @ApiProperty()
  misses!: number;

  @ApiProperty({ description: 'Operations that failed on it, since the start.' })
  failures!: number;
}

export class RoomOutbox {
  @ApiProperty({ description: 'Changes that wait to be written to the index.' })
  pending!: number;

  @ApiProperty({ description: 'Documents that were refused too often.' })
  deadLetters!: number;

  @ApiProperty({ description: 'Age of the oldest change that waits, in milliseconds.' })
  lagMs!: number;
}

export class RoomIndex {
  @ApiProperty({ example: 'demo-passages' })
  alias!: string;

  @ApiProperty({ type: String, nullable: true, example: 'demo-passages-v1-04554302' })
  index!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['backfill', 'drain', 'verify', 'swapped', 'finished', 'rolled-back', null],
    description: 'Of the last migration; null before the first.',
  })
  phase!: string | null;
}

export class RoomLimits {
  @ApiProperty({ description: 'Requests that the limiter let through, since the start.' })
  allowed!: number;

  @ApiProperty()
  refused!: number;
}

export class RoomServer {
  @ApiProperty({ enum: ['postgres', 'opensearch', 'memcached', 'redis'] })
  service!: string;

  @ApiProperty({ example: '127.0.0.1:11211' })
  address!: string;

  @ApiProperty({ enum: ['running', 'frozen', 'killed'] })
  state!: 'running' | 'frozen' | 'killed';
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
export class RoomState {
  @ApiProperty({ description: 'Milliseconds since 1970.' })
  at!: number;

  @ApiProperty({ description: 'Rises by one with each picture of the herd.' })
  topologyVersion!: number;

  @ApiProperty({ type: [RoomNode] })
  nodes!: readonly RoomNode[];

  @ApiProperty()
  limits!: RoomLimits;

  @ApiProperty({ type: RoomOutbox, nullable: true })
  outbox!: RoomOutbox | null;

  @ApiProperty({ type: RoomIndex, nullable: true })
  index!: RoomIndex | null;

  @ApiProperty({ type: String, nullable: true, enum: ['green', 'yellow', 'red', null], description: 'Of OpenSearch.' })
  engine!: string | null;

  @ApiProperty({ type: RoomFaults, nullable: true, description: 'null where the application makes no faults.' })
  faults!: RoomFaults | null;

  @ApiProperty({ type: [String], description: 'What happened since the message before.' })
  news!: readonly string[];
}
