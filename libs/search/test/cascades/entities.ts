import { Collection, PrimaryKeyProp, type Rel } from '@mikro-orm/core';
import {
  Embeddable,
  Embedded,
  Entity,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryKey,
  Property,
} from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

const CASCADE = { deleteRule: 'cascade' } as const;

/** In no document: rows below it go with it, over one, two and three steps. */
@Entity()
export class Company {
  @PrimaryKey() id!: number;
  @Property({ type: 'string', unique: true }) sign!: string;
}

/** Its foreign key holds another column than the primary key. */
@Entity()
@Indexed<Poster>({ name: 'posters' })
class Poster {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) text!: string;
  @ManyToOne({ entity: () => Company, targetKey: 'sign', ...CASCADE }) company!: Rel<Company>;
}

@Entity()
@Indexed<Person>({ name: 'people' })
export class Person {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;
  @ManyToOne(() => Company, CASCADE) company!: Rel<Company>;
}

@Entity()
@Indexed<Letter>({ name: 'letters' })
export class Letter {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) text!: string;
  @ManyToOne(() => Person, { nullable: true, ...CASCADE }) author?: Rel<Person> | null;
  @ManyToOne(() => Letter, { nullable: true, ...CASCADE }) answers?: Rel<Letter> | null;
}

/** Its documents stay, and lose what they embed. */
@Entity()
@Indexed<Board>({ name: 'boards' })
class Board {
  @PrimaryKey() id!: number;
  @SearchField({ include: ['word'] })
  @OneToMany(() => Tag, (tag) => tag.board, { orderBy: { id: 'asc' } })
  tags = new Collection<Tag>(this);
}

@Entity()
class Tag {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) word!: string;
  @ManyToOne(() => Board) board!: Rel<Board>;
  @ManyToOne(() => Letter, CASCADE) letter!: Rel<Letter>;
}

/** Emptied, not deleted: by a getter, and by a condition. */
@Entity()
@Indexed<Desk>({ name: 'desks' })
@Indexed<Desk>({ name: 'free-desks', where: { company: null } })
@Indexed<Desk>({ name: 'used-desks', when: ({ company }) => Boolean(company) })
class Desk {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string', default: 'oak' }) wood!: string;
  @ManyToOne(() => Company, { nullable: true, deleteRule: 'set null' }) company?: Rel<Company> | null;
  @SearchField({ type: 'boolean', in: 'desks' })
  get used(): boolean {
    return Boolean(this.company);
  }
}

@Embeddable()
class Place {
  @ManyToOne(() => Company, CASCADE) company!: Rel<Company>;
}

@Entity()
@Indexed<Office>({ name: 'offices' })
class Office {
  @PrimaryKey() id!: number;
  @Embedded(() => Place) place!: Place;
  @SearchField() @Property({ type: 'string' }) street!: string;
}

/** A foreign key in a composite key, and a composite foreign key. */
@Entity()
@Indexed<Floor>({ name: 'floors' })
class Floor {
  [PrimaryKeyProp]?: ['company', 'level'];
  @ManyToOne(() => Company, { primary: true, ...CASCADE }) company!: Rel<Company>;
  @PrimaryKey({ type: 'integer' }) level!: number;
  @SearchField() @Property({ type: 'string' }) use!: string;
}

@Entity()
@Indexed<Room>({ name: 'rooms' })
class Room {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;
  @ManyToOne(() => Floor, CASCADE) floor!: Rel<Floor>;
}

/** One table for both classes; a class below has the index. */
@Entity({ discriminatorColumn: 'kind', discriminatorMap: { pet: 'Pet', dog: 'Dog' } })
class Pet {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;
  @ManyToOne(() => Person, CASCADE) keeper!: Rel<Person>;
}

@Entity()
@Indexed<Dog>({ name: 'dogs' })
class Dog extends Pet {}

/** A table for each class; the base has the index. */
@Entity({ inheritance: 'tpt' })
@Indexed<Machine>({ name: 'machines' })
export class Machine {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) name!: string;
}

@Entity()
class Printer extends Machine {
  @ManyToOne(() => Machine, { nullable: true, ...CASCADE }) server?: Rel<Machine> | null;
}

/** Known by another property than its primary key. */
@Entity()
@Indexed<Badge>({ name: 'badges', id: 'code' })
class Badge {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string', unique: true }) code!: string;
  @OneToOne({ entity: () => Person, owner: true, ...CASCADE }) person!: Rel<Person>;
}

const INDEXED = [Person, Letter, Board, Office, Floor, Room, Dog, Machine, Badge, Poster];
export const DESKS = ['desks', 'free-desks', 'used-desks'];
export const ENTITIES = [...INDEXED, Desk, Company, Tag, Place, Pet, Printer, ...searchEntities];

export const SEED = `
  truncate table company, poster, person, letter, board, tag, desk, office, floor, room, pet, machine, printer, badge cascade;
  insert into company (id, sign) values (1, 'one'), (2, 'two');
  insert into poster (id, text, company_id) values (1, 'a', 'one'), (2, 'b', 'two');
  insert into person (id, name, company_id) values (1, 'Ada', 1), (2, 'Bob', 1), (3, 'Cy', 2);
  insert into letter (id, text, author_id, answers_id) values
    (1, 'one', 1, null), (2, 'two', 3, null), (3, 'three', null, 1), (4, 'four', 3, 3), (5, 'five', null, null);
  update letter set answers_id = 4 where id = 3;
  update letter set answers_id = 1 where id = 4;
  insert into board (id) values (1), (2);
  insert into tag (id, word, board_id, letter_id) values (1, 'a', 1, 4), (2, 'b', 1, 5), (3, 'c', 2, 2);
  insert into desk (id, company_id) values (1, 1), (2, 2), (3, null);
  insert into office (id, place_company_id, street) values (1, 1, 'Main'), (2, 2, 'Side');
  insert into floor (company_id, level, use) values (1, 1, 'shop'), (1, 2, 'store'), (2, 1, 'shop');
  insert into room (id, name, floor_company_id, floor_level) values (1, 'a', 1, 1), (2, 'b', 1, 2), (3, 'c', 2, 1);
  insert into pet (id, name, keeper_id, kind) values (1, 'Rex', 1, 'dog'), (2, 'Tom', 1, 'pet'), (3, 'Max', 3, 'dog');
  insert into machine (id, name) values (1, 'server'), (2, 'printer'), (3, 'other');
  insert into printer (id, server_id) values (2, 1), (3, null);
  insert into badge (id, code, person_id) values (1, 'A', 1), (2, 'B', 2), (3, 'C', 3);
`;
