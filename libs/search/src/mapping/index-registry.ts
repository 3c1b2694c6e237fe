import { SearchModelError } from '../errors/model.errors.js';
import { recordedIndices, type EntityClass } from '../metadata/recorder.js';
import type { IndexDefinition } from './index-definition.js';

/** An entity stands for its first index, as written from top to bottom; a string is the name of an index without prefix. */
export type IndexReference = EntityClass | string;

/** The indices of one search. */
export class IndexRegistry {
  constructor(
    readonly definitions: readonly IndexDefinition[],
    /** Name of the search; `undefined` for the default one. */
    private readonly engine: string | undefined,
  ) {}

  get aliases(): string[] {
    return this.definitions.map(({ alias }) => alias);
  }

  /** @param index name of one of the entity's indices @throws SearchModelError naming what is missing. */
  of(reference: IndexReference, index?: string): IndexDefinition {
    if (typeof reference === 'string') return this.named(reference);
    const own = this.definitions.filter(({ model }) => model.entity === reference);
    const found = index === undefined ? own[0] : own.find(({ model }) => model.name === index);
    return found ?? refuse(reference.name, ...this.missing(reference, own, index));
  }

  private named(name: string): IndexDefinition {
    const names = this.definitions.map(({ model }) => model.name).join(', ');
    return (
      this.definitions.find(({ model }) => model.name === name) ??
      refuse(`'${name}'`, 'is no index of this search', `Use one of: ${names}`)
    );
  }

  private missing(
    entity: EntityClass,
    own: readonly IndexDefinition[],
    index: string | undefined,
  ): [problem: string, remedy: string] {
    const indices = recordedIndices(entity);
    if (indices.length === 0) return ['is not indexed', 'Decorate the class with @Indexed()'];
    if (own.length > 0)
      return [`has no index '${index}' here`, `Use one of: ${own.map(({ model }) => model.name).join(', ')}`];
    const { engine } = indices[0]!;
    if (engine === this.engine) return ['is not an entity of the ORM', "Add it to the ORM's `entities`"];
    const [there, here] = [
      engine === undefined ? 'the default engine' : `the engine '${engine}'`,
      this.engine === undefined ? 'the default one' : `'${this.engine}'`,
    ];
    return [`lives on ${there}, not on ${here}`, 'Ask the search of that name, or change @Indexed({ engine })'];
  }
}

function refuse(where: string, problem: string, remedy: string): never {
  throw new SearchModelError([{ where, problem, remedy }]);
}
