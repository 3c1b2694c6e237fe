import { Serializer, errors } from '@opensearch-project/opensearch';
import { formatJson, parseJson } from '../../support/json.js';

/** The client's own refuses documents with a `__proto__`, and rounds whole numbers beyond 2^53. */
export class ExactSerializer extends Serializer {
  override serialize(object: Record<string, unknown>): string {
    try {
      return formatJson(object);
    } catch (error) {
      throw new errors.SerializationError(String(error), object);
    }
  }

  override deserialize(json: string): unknown {
    try {
      return parseJson(json);
    } catch (error) {
      throw new errors.DeserializationError(String(error), json);
    }
  }
}
