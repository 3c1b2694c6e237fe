import { Collection, PrimaryKeyProp, Type, type Opt, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, OneToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

/** A value that is an object in JavaScript, and a text in the database. */
export class Code {
  constructor(readonly text: string) {}
  toJSON(): string {
    return `code ${this.text}`;
  }
}

class CodeType extends Type<Code, string> {
  override convertToDatabaseValue(value: Code | string): string {
    return value instanceof Code ? value.text : value;
  }
  override convertToJSValue(value: Code | string): Code {
    return value instanceof Code ? value : new Code(value);
  }
  override compareAsType(): string {
    return 'string';
  }
  override getColumnType(): string {
    return 'varchar(700)';
  }
}

@Entity()
@Indexed<Account>({ name: 'accounts' })
export class Account {
  @PrimaryKey({ type: CodeType }) code!: Code;
  @SearchField() @Property({ type: 'text' }) name!: string;
}

/** The relation is the key. */
@Entity()
@Indexed<Profile>({ name: 'profiles' })
export class Profile {
  [PrimaryKeyProp]?: 'account';
  @SearchField({ include: ['name'] })
  @OneToOne({ entity: () => Account, primary: true, updateRule: 'cascade' })
  account!: Rel<Account>;
  @SearchField() @Property({ type: 'text' }) motto!: string;
}

/** Keys that change. */
@Entity()
@Indexed<Order>({ name: 'orders' })
export class Order {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField() @Property({ type: 'text' }) note!: string;
  @SearchField({ include: ['text'] })
  @OneToMany(() => Line, (line) => line.order, { orderBy: { place: 'asc' } })
  lines = new Collection<Line>(this);
}

/** A relation and a text that may hold anything. */
@Entity()
@Indexed<Line>({ name: 'lines' })
export class Line {
  [PrimaryKeyProp]?: ['order', 'place'];
  @SearchField({ include: ['note'] })
  @ManyToOne({ entity: () => Order, primary: true, updateRule: 'cascade' })
  order!: Rel<Order>;
  @PrimaryKey({ type: 'string', length: 700 }) place!: string;
  @SearchField() @Property({ type: 'text' }) text!: string;
  @Property({ type: 'boolean', default: false }) hidden: Opt<boolean> = false;
}

/** A key that holds a composite one, and an included entity with a composite key. */
@Entity()
@Indexed<Remark>({ name: 'remarks', where: { line: { hidden: false } } })
export class Remark {
  [PrimaryKeyProp]?: ['line', 'at'];
  @SearchField({ include: ['text', 'order.note'] })
  @ManyToOne({ entity: () => Line, primary: true, updateRule: 'cascade' })
  line!: Rel<Line>;
  @PrimaryKey({ type: 'datetime' }) at!: Date;
  @SearchField() @Property({ type: 'text' }) words!: string;
}

/** An entity with a composite key whose documents have another one; it embeds one with a composite key. */
@Entity()
@Indexed<Stock>({ name: 'stocks', id: ({ slug }) => `stock-${slug}` })
export class Stock {
  [PrimaryKeyProp]?: ['shop', 'part'];
  @PrimaryKey({ type: 'integer' }) shop!: number;
  @PrimaryKey({ type: 'integer' }) part!: number;
  @Property({ type: 'string', unique: true }) slug!: string;
  @SearchField() @Property({ type: 'integer' }) amount!: number;
  @SearchField({ include: ['text'] })
  @ManyToOne(() => Line, { nullable: true, updateRule: 'cascade' })
  line?: Rel<Line> | null;
}

export const KEYED = [Account, Profile, Order, Line, Remark, Stock, ...searchEntities];
