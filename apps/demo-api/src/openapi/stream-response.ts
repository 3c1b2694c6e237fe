import { getSchemaPath } from '@nestjs/swagger';

type Item = new () => object;

/** Describes lines of JSON. OpenAPI 3.1 has no schema for those: the answer is a string, and `x-item-schema` describes each line. */
export function linesOf(item: Item) {
  const schema = { type: 'string' as const };
  return {
    description: `Each line is a \`${item.name}\`.`,
    content: { 'application/x-ndjson': { schema, 'x-item-schema': { $ref: getSchemaPath(item) } } },
  };
}

/** Describes server-sent events: the schema is that of one event, whose data are JSON. */
export function eventsOf(item: Item) {
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: { $ref: getSchemaPath(item) } };
  const schema = {
    type: 'object' as const,
    required: ['id', 'data'],
    properties: { id: { type: 'string' }, event: { type: 'string', enum: ['message'] }, data },
  };
  return {
    description: `The data of each event are a \`${item.name}\`.`,
    content: { 'text/event-stream': { schema } },
  };
}
