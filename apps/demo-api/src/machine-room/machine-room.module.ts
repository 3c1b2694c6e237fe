import { type DynamicModule, Module } from '@nestjs/common';
import { AddressesModule } from '../addresses/addresses.module.js';
import { FaultsController } from './faults/faults.controller.js';
import { FAULT_TOOLS, Faults } from './faults/faults.js';
import type { FaultTools } from './faults/server-control.js';
import { MachineRoom } from './machine-room.js';
import { MachineRoomController } from './machine-room.controller.js';
import { Streams } from './streams.js';

@Module({})
export class MachineRoomModule {
  static for(tools: FaultTools | undefined): DynamicModule {
    return {
      module: MachineRoomModule,
      imports: [AddressesModule],
      controllers: [MachineRoomController, FaultsController],
      providers: [MachineRoom, Streams, Faults, { provide: FAULT_TOOLS, useValue: tools }],
    };
  }
}
