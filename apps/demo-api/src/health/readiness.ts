import { Injectable } from '@nestjs/common';

/** Whether this process is ready for traffic; it reports that it is not before it stops. */
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
