import { Injectable } from '@nestjs/common';

/** Whether this process wants traffic; it stops wanting it before it stops. */
@Injectable()
export class Readiness {
  #wanted: () => boolean = () => true;

  follow(wanted: () => boolean): void {
    this.#wanted = wanted;
  }

  get wanted(): boolean {
    return this.#wanted();
  }
}
