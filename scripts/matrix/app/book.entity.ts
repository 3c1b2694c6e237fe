import { Entity, PrimaryKey, Property } from 'ORM_DECORATORS';
import { Indexed, SearchField } from '@rookery/search';

@Entity()
@Indexed({ name: 'books' })
export class Book {
  @PrimaryKey({ type: 'integer', autoincrement: false })
  id!: number;

  @SearchField({ analyzer: 'english' })
  @Property({ type: 'text' })
  title!: string;
}
