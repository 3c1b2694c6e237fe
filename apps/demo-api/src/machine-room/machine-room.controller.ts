import { Controller, Get, HttpCode, type MessageEvent, Req, Sse } from '@nestjs/common';
import { ApiExtraModels, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimit, SkipRateLimit } from '@rookery/limiter';
import type { Request } from 'express';
import { map, type Observable } from 'rxjs';
import { eventsOf } from '../openapi/stream-response.js';
import { ProblemAs } from '../problem/problems.js';
import { MachineRoom } from './machine-room.js';
import { RoomState } from './room-state.js';
import { Streams } from './streams.js';

@ApiTags('machine room')
@ApiExtraModels(RoomState)
@Controller('machine-room')
export class MachineRoomController {
  constructor(
    private readonly room: MachineRoom,
    private readonly streams: Streams,
  ) {}

  @Sse('events')
  @SkipRateLimit() // Streams are bounded by their number, not by their rate.
  @ApiOperation({ summary: 'What goes on in the three libraries: a `RoomState` at least every second' })
  @ApiOkResponse(eventsOf(RoomState))
  @ProblemAs(429, 'This client has as many streams open as it may.')
  @ProblemAs(503, 'As many streams are open as may be, or the application is about to stop.')
  events(@Req() request: Request): Observable<MessageEvent> {
    return this.streams.open(request.ip ?? '', this.room.states()).pipe(map((data) => ({ data })));
  }

  /** Costs nothing, so that a burst of requests shows the limiter and nothing else. */
  @Get('knock')
  @HttpCode(204)
  @RateLimit('knock')
  @ApiOperation({ summary: 'Does nothing, 20 times in 10 seconds' })
  @ApiNoContentResponse({ description: 'Within the limit.' })
  knock(): void {}
}
