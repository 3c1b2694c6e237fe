import { Collection, type Opt, type Rel } from '@mikro-orm/core';
import { Entity, ManyToMany, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

@Entity()
export class Maker {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** Gives its fields to every entity that extends it, and is none itself. */
abstract class Titled {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) title!: string;
}

/** One table for all. */
@Entity({
  discriminatorColumn: 'kind',
  discriminatorMap: { book: 'Book', film: 'Film', cut: 'DirectorsCut' },
  abstract: true,
})
@Indexed({ name: 'media', settings: { number_of_shards: 1 } })
export abstract class Media extends Titled {
  @SearchField({ include: ['name'] })
  @ManyToOne(() => Maker, { nullable: true })
  maker?: Rel<Maker> | null;
}

@Entity()
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
export class Book extends Media {
  @SearchField() @Property({ type: 'integer', nullable: true }) pages?: number | null;
  @SearchField({ include: ['name'] })
  @ManyToOne(() => Maker, { nullable: true })
  printer?: Rel<Maker> | null;
}

@Entity()
export class Film extends Media {
  @SearchField() @Property({ type: 'integer', nullable: true }) minutes?: number | null;
  @SearchField({ include: ['name'] }) @ManyToMany(() => Maker) actors = new Collection<Maker>(this);
  @SearchField({ type: 'keyword' })
  get shouted(): string & Opt {
    return this.title.toUpperCase();
  }
}

@Entity()
export class DirectorsCut extends Film {
  @SearchField() @Property({ type: 'integer', nullable: true }) extra?: number | null;
}

/** A table for each. */
@Entity({ inheritance: 'tpt' })
@Indexed({ name: 'animals', settings: { number_of_shards: 1 } })
export class Animal extends Titled {
  @SearchField({ include: ['name'] })
  @ManyToOne(() => Maker, { nullable: true })
  owner?: Rel<Maker> | null;
}

@Entity()
@Indexed({ name: 'dogs', settings: { number_of_shards: 1 } })
export class Dog extends Animal {
  @SearchField({ type: 'keyword' }) @Property({ type: 'string', nullable: true }) breed?: string | null;
  @SearchField({ include: ['name'] })
  @ManyToOne(() => Maker, { nullable: true })
  breeder?: Rel<Maker> | null;
}

@Entity()
export class Cat extends Animal {
  @SearchField() @Property({ type: 'integer', default: 9 }) lives: number & Opt = 9;
  @SearchField({ include: ['name'] }) @ManyToMany(() => Maker) fans = new Collection<Maker>(this);
}

/** Relations to bases, and one that leads to several classes. */
@Entity()
@Indexed({ name: 'visits', settings: { number_of_shards: 1 } })
export class Visit {
  @PrimaryKey() id!: number;
  @SearchField({ include: ['title', 'pages', 'printer.name', 'minutes'] })
  @ManyToOne(() => Media, { nullable: true })
  media?: Rel<Media> | null;

  @SearchField({ include: ['title', 'breed', 'breeder.name', 'lives', 'fans.name', 'owner.name'] })
  @ManyToOne(() => Animal, { nullable: true })
  animal?: Rel<Animal> | null;

  @SearchField({ include: ['name', 'title', 'pages', 'lives', 'owner.name'] })
  @ManyToOne(() => [Maker, Media, Animal], { nullable: true })
  subject?: Rel<Maker> | Rel<Media> | Rel<Animal> | null;

  @SearchField({ include: ['text'] })
  @OneToMany(() => Remark, (remark) => remark.on)
  remarks = new Collection<Remark>(this);
}

@Entity()
export class Remark {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) text!: string;
  @ManyToOne(() => [Visit, Maker], { nullable: true }) on?: Rel<Visit> | Rel<Maker> | null;
}

export const ENTITIES = [Maker, Media, Book, Film, DirectorsCut, Animal, Dog, Cat, Visit, Remark, ...searchEntities];
