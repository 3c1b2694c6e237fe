import { Collection, EntitySchema, raw, Type, type Rel } from '@mikro-orm/core';
import {
  Embeddable,
  Embedded,
  Entity,
  ManyToMany,
  ManyToOne,
  OneToOne,
  OneToMany,
  PrimaryKey,
  Property,
} from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, type EntityClass } from '@rookery/search';
import { complaints, Image } from './refused.js';

@Entity()
class Video {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @Property({ type: 'string' }) size!: string;
}

/** Values that are others in the database. */
class Lower extends Type<string, string> {
  override convertToDatabaseValue(value: string): string {
    return value.toLowerCase();
  }
  override getColumnType(): string {
    return 'varchar(50)';
  }
}

/** A type that has only its column. */
class Named extends Type<string, string> {
  override getColumnType(): string {
    return 'varchar(50)';
  }
}

describe('refused at start:', () => {
  it('a polymorphic many-to-many relation', () => {
    @Entity()
    @Indexed()
    class Post {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['name'] })
      @ManyToMany(() => [Image, Video] as never)
      attachments = new Collection<Image>(this);
    }
    expect(complaints(Image, Video, Post)).toEqual([
      'Post.attachments: is a polymorphic many-to-many relation, whose rows of several classes share one table. Give each class a many-to-many relation of its own, or include a one-to-many of an entity with a polymorphic @ManyToOne.',
    ]);
  });

  it('two classes behind one relation with one field name and two types', () => {
    @Entity()
    @Indexed()
    class Like {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['name', 'size', 'weight'] })
      @ManyToOne(() => [Image, Video])
      target!: Rel<Image> | Rel<Video>;
    }
    expect(complaints(Image, Video, Like)).toEqual([
      'Image.weight: is neither a mapped property nor a getter. Use one of: id, name, size.',
      'Like.target.size: is `integer` of Image.size, and `text` of Video.size, with other options. Give both the same type and options in @SearchField, or one of the properties another name.',
    ]);
  });

  it('a condition over rows of a relation to several classes, but for its class and key', () => {
    const targets = ['byName', 'byKey', 'byBareKey', 'byKeys', 'byNothing', 'bySome', 'byOne', 'byOthers'] as const;
    const where = {
      byName: { name: 'a' },
      byKey: { id: 3 },
      byBareKey: 3,
      byKeys: { $in: [3] },
      byNothing: null,
      bySome: { $ne: null },
      byOne: ['image', 3],
      byOthers: {
        $nin: [
          ['image', 3],
          ['video', 4],
        ],
      },
    };
    @Entity()
    @Indexed<Like>({ where: where as never })
    class Like {
      @PrimaryKey() id!: number;
      @SearchField() @Property({ type: 'string' }) title!: string;
    }
    for (const name of targets) ManyToOne(() => [Image, Video], { nullable: true })(Like.prototype, name);
    const refused = (path: string): string =>
      `Like: has a condition whose \`${path}\` is of several classes, of which the ORM compares class and key alone. Compare these, { $ne: null } or { $in: [['image', …]] }, or decide it in code: @Indexed({ when: (row) => …, reads }).`;
    expect(complaints(Image, Video, Like)).toEqual(['byName', 'byKey', 'byBareKey', 'byKeys'].map(refused));
  });

  it('a condition or an order of a collection over rows of a relation to several classes', () => {
    @Entity()
    @Indexed()
    class Author {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['title'] })
      @OneToMany({ entity: () => Book, mappedBy: 'author', orderBy: { cover: { name: 'asc' } } as never })
      books = new Collection<Book>(this);
      @SearchField({ include: ['title'] })
      @OneToMany({ entity: () => Book, mappedBy: 'editor', where: { cover: { $ne: null } } })
      edited = new Collection<Book>(this);
    }
    @Entity()
    class Book {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) title!: string;
      @ManyToOne(() => Author) author!: Rel<Author>;
      @ManyToOne(() => Author) editor!: Rel<Author>;
      @ManyToOne(() => [Image, Video], { nullable: true }) cover?: Rel<Image> | Rel<Video> | null;
    }
    expect(complaints(Image, Video, Author, Book)).toEqual([
      'Author.books: has a `where` or an `orderBy` over `cover`, which leads to several classes, of which the ORM joins rows of Image alone. Choose and order by columns of Book itself.',
    ]);
  });

  it('`where` of the other side of a relation to several classes by several columns', () => {
    @Entity()
    @Indexed()
    class Shelf {
      @PrimaryKey() id!: number;
      @PrimaryKey() floor!: number;
      @SearchField({ include: ['title'], where: { title: 'a' } })
      @OneToMany(() => Item, 'place' as never)
      items = new Collection<Item>(this);
      @SearchField({ include: ['title'] })
      @OneToMany({ entity: () => Item, mappedBy: 'place', where: { title: 'a' } })
      chosen = new Collection<Item>(this);
    }
    @Entity()
    class Desk {
      @PrimaryKey() id!: number;
      @PrimaryKey() floor!: number;
    }
    @Entity()
    class Item {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) title!: string;
      @ManyToOne(() => [Shelf, Desk]) place!: Rel<Shelf> | Rel<Desk>;
    }
    expect(complaints(Shelf, Desk, Item)).toEqual([
      'Shelf.items: has `where`, which the ORM leaves out of the other side of a relation to several classes by several columns. Write it in the relation itself: @OneToMany({ where: { … } }).',
    ]);
  });

  it('a condition over the other side of a relation to several classes whose keys have other names', () => {
    @Entity()
    @Indexed<Room>({ where: { items: { title: 'a' } } as never })
    class Room {
      @PrimaryKey() number!: number;
      @SearchField() @Property({ type: 'string' }) name!: string;
      @OneToMany(() => Ware, 'place' as never) items = new Collection<Ware>(this);
    }
    @Entity()
    @Indexed<Box>({ where: { items: { title: 'a' } } as never })
    class Box {
      @PrimaryKey() id!: number;
      @SearchField() @Property({ type: 'string' }) name!: string;
      @OneToMany(() => Ware, 'place' as never) items = new Collection<Ware>(this);
    }
    @Entity()
    class Ware {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) title!: string;
      @ManyToOne(() => [Room, Box]) place!: Rel<Room> | Rel<Box>;
    }
    expect(complaints(Room, Box, Ware)).toEqual([
      'Box: has a condition whose `items` is the other side of a relation to several classes, which the ORM joins by the key of another: Box has no columns of these names. Give the keys of the classes one name, or decide it in code: @Indexed({ when: (row) => …, reads }).',
    ]);
  });

  it('a relation to several classes, or its other side, where the key of one holds a key of several columns', () => {
    @Entity()
    class House {
      @PrimaryKey() id!: number;
      @PrimaryKey() street!: string;
    }
    @Entity()
    @Indexed()
    class Cellar {
      @PrimaryKey() id!: number;
      @ManyToOne(() => House, { primary: true }) house!: Rel<House>;
      @SearchField({ include: ['title'] }) @OneToMany(() => Jar, 'place' as never) jars = new Collection<Jar>(this);
    }
    @Entity()
    class Attic {
      @PrimaryKey() id!: number;
      @ManyToOne(() => House, { primary: true }) house!: Rel<House>;
    }
    @Entity()
    @Indexed()
    class Jar {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) title!: string;
      @SearchField({ include: ['id'] }) @ManyToOne(() => [Cellar, Attic]) place!: Rel<Cellar> | Rel<Attic>;
    }
    const refused =
      'is a side of a relation to several classes, and the key of Cellar holds a key of several columns: the ORM does not read it there. Give Cellar a key of its own, and make the relation in it unique.';
    expect(complaints(House, Cellar, Attic, Jar)).toEqual([`Jar.place: ${refused}`, `Cellar.jars: ${refused}`]);
  });

  it('`where` of the other side of a relation to several classes whose keys have other names', () => {
    @Entity()
    class Garden {
      @PrimaryKey() number!: number;
    }
    @Entity()
    @Indexed()
    class Yard {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['name'], where: { name: 'a' } })
      @OneToMany(() => Tree, 'place')
      trees = new Collection<Tree>(this);
    }
    @Entity()
    class Tree {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) name!: string;
      @ManyToOne(() => [Garden, Yard]) place!: Rel<Garden> | Rel<Yard>;
    }
    expect(complaints(Garden, Yard, Tree)).toEqual([
      'Yard.trees: has `where`, for which the ORM joins the other side of a relation to several classes by the key of another: Yard has no columns of these names. Write it in the relation itself: @OneToMany({ where: { … } }).',
    ]);
  });

  it.each([
    ['an order', { orderBy: { [raw('lower(title)')]: 'asc' } }],
    ['a value of a condition', { where: { title: raw('subtitle') } }],
    ['a value of an operator', { where: { title: { $in: ['a', raw('subtitle')] } } }],
    ['a value within a group', { where: { $or: [{ title: 'a' }, { title: { $ne: raw('subtitle') } }] } }],
    ['a relation', { where: { series: raw('sequel') } }],
    ['a value behind a relation', { where: { series: { name: raw('title') } } }],
  ])('%s in raw SQL', (_, selection) => {
    @Entity()
    class Series {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) name!: string;
    }
    @Entity()
    @Indexed()
    class Author {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['title'] })
      @OneToMany({ entity: () => Book, mappedBy: 'author', ...(selection as object) })
      books = new Collection<Book>(this);
    }
    @Entity()
    class Book {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) title!: string;
      @Property({ type: 'string' }) subtitle!: string;
      @ManyToOne(() => Author) author!: Rel<Author>;
      @ManyToOne(() => Series) series!: Rel<Series>;
    }
    expect(complaints(Author, Book, Series)).toEqual([
      "Author.books: has a `where` or an `orderBy` in raw SQL, whose columns nobody can follow. Write them as the ORM's conditions, by the names of properties.",
    ]);
  });

  it('a relation inside an embeddable that is kept as JSON', () => {
    @Embeddable()
    class Cover {
      @Property({ type: 'string' }) colour!: string;
      @ManyToOne(() => Image) image!: Rel<Image>;
    }
    @Entity()
    @Indexed()
    class Magazine {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['colour', 'image.name'] }) @Embedded(() => Cover, { object: true }) cover!: Cover;
    }
    expect(complaints(Image, Cover, Magazine)).toEqual([
      'Cover.image: is a relation inside `cover`, which is kept as JSON, where the database cannot join it. Embed it in columns (without `object` and `array`), or make it an entity of its own.',
    ]);
  });

  it('a relation that holds a key alone', () => {
    @Entity()
    @Indexed()
    class Page {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['name'] }) @ManyToOne({ entity: () => Image, mapToPk: true }) image!: number;
    }
    expect(complaints(Image, Page)).toEqual([
      'Page.image: holds a key alone (`mapToPk`), of which nothing can be included. Leave out `mapToPk`, or index the key by a getter.',
    ]);
  });

  it('a relation that points at another column than the primary key', () => {
    @Entity()
    @Indexed()
    class Icon {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['size'] }) @ManyToOne({ entity: () => Image, targetKey: 'name' }) image!: Rel<Image>;
    }
    expect(complaints(Image, Icon)).toEqual([
      'Icon.image: points at `name` (`targetKey`), and changes are followed by primary keys. Let it point at the primary key, or leave it out.',
    ]);
  });

  it('two classes of a tree with one field name and two types', () => {
    @Entity({ inheritance: 'tpt' })
    @Indexed()
    class Vehicle {
      @PrimaryKey() id!: number;
    }
    @Entity()
    class Car extends Vehicle {
      @SearchField() @Property({ type: 'integer' }) load!: number;
    }
    @Entity()
    class Ship extends Vehicle {
      @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) load!: string;
    }
    expect(complaints(Vehicle, Car, Ship)).toEqual([
      'Vehicle.load: is `integer` of Car.load, and `keyword` of Ship.load, with other options. Give both the same type and options in @SearchField, or one of the properties another name.',
    ]);
  });

  it('classes of one table whose properties of one name are in two columns', () => {
    @Entity({ discriminatorColumn: 'kind', discriminatorMap: { a: 'Small', b: 'Large' } })
    @Indexed()
    class Thing {
      @PrimaryKey() id!: number;
    }
    @Entity()
    class Small extends Thing {
      @SearchField() @Property({ type: 'integer', fieldName: 'size_a' }) size!: number;
    }
    @Entity()
    class Large extends Thing {
      @SearchField() @Property({ type: 'integer', fieldName: 'size_b' }) size!: number;
    }
    const columns: unknown = expect.stringMatching(
      /^(Small|Large).size: is kept in several columns \(size_a, size_b\): classes/,
    );
    expect(complaints(Thing, Small, Large)).toEqual([columns, columns]);
  });

  it('a property with the name of the field that holds the class', () => {
    @Entity({ inheritance: 'tpt' })
    @Indexed()
    class Base {
      @PrimaryKey() id!: number;
      @SearchField() @Property({ type: 'string' }) entityType!: string;
    }
    @Entity()
    class Leaf extends Base {
      @SearchField() @Property({ type: 'integer' }) size!: number;
    }
    expect(complaints(Base, Leaf)).toContain(
      'Base.entityType: has the name of the field that holds the class of a document. Give the property another name.',
    );
  });

  describe('relations to a class of one table with rows of its own and classes below it,', () => {
    const tree = { discriminatorColumn: 'kind' };
    @Entity({ ...tree, discriminatorMap: { image: 'Plain', gif: 'Moving' } })
    class Plain {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) name!: string;
    }
    @Entity()
    class Moving extends Plain {
      @Property({ type: 'integer', nullable: true }) frames?: number;
    }
    const alone = 'leads to Plain, of which the ORM joins rows of that class alone, and none of the classes below it';

    it('of many to many', () => {
      @Entity()
      @Indexed()
      class Album {
        @PrimaryKey() id!: number;
        @SearchField({ include: ['name'] }) @ManyToMany(() => Plain) images = new Collection<Plain>(this);
      }
      expect(complaints(Plain, Moving, Album)).toEqual([
        `Album.images: ${alone}. Make Plain abstract, or include a one-to-many of an entity that stands for the pairs.`,
      ]);
    });

    it('of one to one from the side without a column, and whatever loads that side', () => {
      @Entity()
      @Indexed()
      class Frame {
        @PrimaryKey() id!: number;
        @Property({ type: 'string' }) wood!: string;
        @SearchField({ include: ['id'] }) @OneToOne(() => Framed, 'frame') picture?: Rel<Framed>;
      }
      @Entity({ ...tree, discriminatorMap: { plain: 'Framed', gilded: 'Gilded' } })
      @Indexed()
      class Framed {
        @PrimaryKey() id!: number;
        @SearchField({ include: ['wood'] })
        @OneToOne(() => Frame, { inversedBy: 'picture', owner: true })
        frame!: Rel<Frame>;
      }
      @Entity()
      class Gilded extends Framed {
        @Property({ type: 'integer', nullable: true }) carats?: number;
      }
      @Entity()
      @Indexed()
      class Wall {
        @PrimaryKey() id!: number;
        @SearchField({ include: ['wood'] }) @ManyToOne(() => Frame) frame!: Rel<Frame>;
      }
      const loads =
        'loads Frame.picture, the other side of a one-to-one relation to Framed, of which the ORM joins rows of that class alone, and none of the classes below it. Make Framed abstract, or leave picture out of Frame.';
      expect(complaints(Frame, Framed, Gilded, Wall)).toEqual([
        `Wall.frame: ${loads}`,
        `Framed.frame: ${loads}`,
        `Frame.picture: ${loads}`,
      ]);
    });

    it('in a condition, but for those that compare its key', () => {
      const where = { cover: { name: 'a' }, back: { id: { $gt: 3 } }, front: null };
      @Entity()
      @Indexed<Book>({ where: where as never })
      class Book {
        @PrimaryKey() id!: number;
        @SearchField() @Property({ type: 'string' }) title!: string;
        @ManyToOne(() => Plain) cover!: Rel<Plain>;
        @ManyToOne(() => Plain) back!: Rel<Plain>;
        @ManyToOne(() => Plain, { nullable: true }) front?: Rel<Plain> | null;
      }
      expect(complaints(Plain, Moving, Book)).toEqual([
        `Book: has a condition whose \`cover\` ${alone}. Make Plain abstract, or decide it in code: @Indexed({ when: (row) => …, reads }).`,
      ]);
    });
  });

  it('many to many of classes in several tables, where the ORM does not know the pivot below', () => {
    @Entity({ inheritance: 'tpt' })
    @Indexed()
    class Part {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['id'] })
      @ManyToMany(() => Kit, (kit: Kit) => kit.parts)
      kits = new Collection<Kit>(this);
    }
    @Entity()
    class Bolt extends Part {
      @Property({ type: 'integer' }) size!: number;
    }
    @Entity()
    class Kit {
      @PrimaryKey() id!: number;
      @ManyToMany(() => Part, (part: Part) => part.kits, { owner: true }) parts = new Collection<Part>(this);
    }
    const known = complaints(Part, Bolt, Kit);
    expect(
      known.every((one) => one.startsWith('Part.kits: is a many-to-many relation of classes in several tables')),
    ).toBe(true);
  });

  it('a field of a class below the one that a relation leads to', () => {
    @Entity({ discriminatorColumn: 'kind', discriminatorMap: { p: 'Picture', m: 'Movie' }, abstract: true })
    abstract class Asset {
      @PrimaryKey() id!: number;
    }
    @Entity()
    class Picture extends Asset {
      @Property({ type: 'string' }) title!: string;
    }
    @Entity()
    class Movie extends Picture {
      @Property({ type: 'integer' }) minutes!: number;
    }
    @Entity()
    @Indexed()
    class Slide {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['title', 'minutes'] }) @ManyToOne(() => Picture) shown!: Rel<Picture>;
    }
    expect(complaints(Asset as EntityClass, Picture, Movie, Slide)).toEqual([
      'Picture.minutes: is of a class below Picture, of which the ORM reads nothing over a relation to it. Let the relation lead to Asset.',
    ]);
  });

  it('a key that reaches over three entities', () => {
    @Entity()
    class Street {
      @PrimaryKey({ type: 'integer' }) town!: number;
      @PrimaryKey({ type: 'string' }) name!: string;
    }
    @Entity()
    class House {
      @ManyToOne({ entity: () => Street, primary: true }) street!: Rel<Street>;
      @PrimaryKey({ type: 'integer' }) number!: number;
    }
    @Entity()
    @Indexed()
    class Flat {
      @ManyToOne({ entity: () => House, primary: true }) house!: Rel<House>;
      @PrimaryKey({ type: 'integer' }) floor!: number;
      @SearchField() @Property({ type: 'string' }) tenant!: string;
    }
    expect(complaints(Street, House, Flat)).toEqual([
      'Flat: has a key of Flat that reaches over three entities (`house.street.town`), by which the ORM neither compares nor orders. Give Flat a key of its own, and make the relations unique.',
    ]);
  });

  it.each([
    ['datetime', [true, true, false]],
    ['boolean', [true, true, false]],
    [Lower, [false, true, true]],
    ['bigint', [false, false, false]],
    ['date', [false, false, false]],
    [Named, [false, false, false]],
  ])('a relation whose foreign key holds what the ORM does not convert there: %p', (type, refused) => {
    class One {}
    class Two {}
    class Holder {}
    const key = { type, primary: true, autoincrement: false };
    const id = { type: 'integer', primary: true, autoincrement: false };
    const text = { type: 'text' };
    const holders = { kind: '1:m', entity: () => Holder, mappedBy: 'two' };
    const schemas = [
      new EntitySchema({ class: One, properties: { code: key, text } } as never),
      new EntitySchema({ class: Two, properties: { id, code: key, text, holders } } as never),
      new EntitySchema({
        class: Holder,
        properties: {
          id,
          text,
          one: { kind: 'm:1', entity: () => One },
          two: { kind: 'm:1', entity: () => Two, inversedBy: 'holders' },
          many: { kind: 'm:n', entity: () => Two, owner: true },
        },
      } as never),
    ];
    for (const name of ['one', 'two', 'many']) SearchField({ include: ['text'] })(Holder.prototype, name as never);
    SearchField({ include: ['text'] })(Two.prototype, 'holders' as never);
    for (const cls of [Holder, Two]) Indexed()(cls);
    const [single, several, pairs] = refused;
    const saying = (place: string, of: string): string =>
      `${place}: leads by a foreign key that holds \`code\` of the key of ${of}, of which the ORM does not convert the values there: it loads no such row. Give ${of} a key of numbers or texts, and make \`code\` a unique column.`;
    expect(complaints(...(schemas as never[]))).toEqual(
      [
        several ? saying('Two.holders', 'Two') : [],
        single ? saying('Holder.one', 'One') : [],
        several ? saying('Holder.two', 'Two') : [],
        pairs ? saying('Holder.many', 'Two') : [],
      ].flat(),
    );
  });

  it('a many-to-many relation with `where` whose other side is embedded', () => {
    @Entity()
    @Indexed({ name: 'people' })
    class Person {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) name!: string;
      @SearchField({ include: ['name'], where: { name: 'Ada' } })
      @ManyToMany({ entity: () => Person, inversedBy: 'admirers' })
      idols = new Collection<Person>(this);
      @SearchField({ include: ['name'] })
      @ManyToMany({ entity: () => Person, mappedBy: 'idols' })
      admirers = new Collection<Person>(this);
    }
    @Entity()
    @Indexed({ name: 'shelves' })
    class Shelf {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) name!: string;
      @SearchField({ include: ['label', 'shelves.name'], where: { label: 'x' } })
      @ManyToMany({ entity: () => Label, inversedBy: 'shelves' })
      labels = new Collection<Label>(this);
      @SearchField({ include: ['shelves.name'], in: 'shelves' }) @ManyToOne(() => Label) first!: Rel<Label>;
    }
    @Entity()
    @Indexed({ name: 'labels' })
    class Label {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) label!: string;
      @SearchField({ include: ['name'], where: { name: 'x' } })
      @ManyToMany({ entity: () => Shelf, mappedBy: 'labels' })
      shelves = new Collection<Shelf>(this);
    }
    const says = (side: string): string =>
      `has \`where\`, and its other side is embedded by \`${side}\`: the ORM adds to its list what it loads there. Leave one of them out, or give the rows two relations.`;
    expect(complaints(Person, Shelf, Label).toSorted()).toEqual([
      `Person.idols: ${says('admirers')}`,
      `Shelf.labels: ${says('first.shelves')}`,
    ]);
  });

  it('a collection with `where` that another path embeds whole', () => {
    @Entity()
    @Indexed()
    class Shop {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['text'], where: { open: true } })
      @OneToMany(() => Review, (review: Review) => review.shop)
      reviews = new Collection<Review>(this);
      @SearchField({ include: ['reviews.text'] }) @ManyToOne(() => Shop, { nullable: true }) parent?: Rel<Shop> | null;
    }
    @Entity()
    class Review {
      @PrimaryKey() id!: number;
      @Property({ type: 'string' }) text!: string;
      @Property({ type: 'boolean' }) open!: boolean;
      @ManyToOne(() => Shop) shop!: Rel<Shop>;
    }
    expect(complaints(Shop, Review)).toEqual([
      'Shop.reviews: has `where`, and is embedded whole by `parent.reviews`: the ORM has one list of a row. Leave one of them out, or give the rows two relations.',
    ]);
  });
});
