import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** A class that is given to an application. */
export type Target = object & { name: string; prototype?: object };

/** The classes of the application and their methods, whether they are called from outside or not. */
@Injectable()
export class HandlerScan {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /** Controllers and providers. */
  classes(): readonly Target[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const targets = wrappers.map((wrapper) => wrapper.metatype as Target | null);
    return [...new Set(targets)].filter((target): target is Target => target?.prototype !== undefined);
  }

  methods(target: Target): readonly Target[] {
    const names = this.scanner.getAllMethodNames(target.prototype!);
    return names.map((name) => (target.prototype as Record<string, Target>)[name]!);
  }

  all(): readonly { readonly target: Target; readonly method: Target }[] {
    return this.classes().flatMap((target) => this.methods(target).map((method) => ({ target, method })));
  }
}
