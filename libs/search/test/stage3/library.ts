import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import { Embeddable, Embedded, Entity, ManyToMany, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/es';
import { Indexed, SearchField } from '@rookery/search/es';

@Entity()
export class Author {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ analyzer: 'english' }) @Property({ type: 'text' }) name!: string;
}

@Entity()
export class Tag {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'string' }) label!: string;
}

@Embeddable()
export class Binding {
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) kind!: string;
  @Property({ type: 'string' }) maker!: string;
}

abstract class Titled {
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' } } })
  @Property({ type: 'text' })
  title!: string;
}

@Entity()
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
@Indexed({ name: 'titles' })
export class Book extends Titled {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ in: 'books' }) @Property({ type: 'integer' }) accessor pages!: number;
  @SearchField({ in: 'books', type: 'nested', properties: { size: { type: 'keyword' } } })
  @Property({ type: 'json' })
  offers!: { size: string; cost: number }[];
  @SearchField({ in: 'books' }) @Embedded(() => Binding) binding!: Binding;
  @SearchField({ in: 'books', include: ['name'] }) @ManyToOne(() => Author) author!: Rel<Author>;
  @SearchField({ in: 'books', include: ['label'] }) @ManyToMany(() => Tag) tags = new Collection<Tag>(this);
  @SearchField({ in: 'books', type: 'keyword' }) get shelf(): Opt<string> {
    return this.pages > 100 ? 'low' : 'high';
  }
}
