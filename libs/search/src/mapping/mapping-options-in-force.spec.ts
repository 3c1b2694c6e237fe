import { mappingOptionsInForce } from './mapping-options-in-force.js';

const dateFormats = ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z'];
const templates = [{ words: { match: 'w*', mapping: { type: 'keyword' } } }];

describe('the options of a mapping that are in force', () => {
  it.each([
    [{}],
    [{ date_detection: true }],
    [{ date_detection: 'true' }],
    [{ numeric_detection: false }],
    [{ dynamic_date_formats: dateFormats }],
    [{ dynamic_templates: [] }],
    [{ _source: {} }],
    [{ _source: { enabled: true, excludes: [] } }],
    [{ _field_names: { enabled: true } }],
    [{ _data_stream_timestamp: { enabled: false } }],
    [{ _size: { enabled: false } }],
    [{ date_detection: undefined, _source: undefined }],
    [{ properties: { a: { type: 'text' } }, dynamic: 'strict', _meta: { a: 1 }, _routing: { required: true } }],
  ])('are none of %j, which the engine does anyway, or which stand apart', (mapping) => {
    expect(mappingOptionsInForce(mapping)).toEqual({});
  });

  it.each<[object, object]>([
    [{ date_detection: false }, { date_detection: 'false' }],
    [{ date_detection: 'false' }, { date_detection: 'false' }],
    [{ numeric_detection: true }, { numeric_detection: 'true' }],
    [{ dynamic_date_formats: 'yyyy' }, { dynamic_date_formats: '["yyyy"]' }],
    [{ dynamic_date_formats: ['yyyy'] }, { dynamic_date_formats: '["yyyy"]' }],
    [{ dynamic_date_formats: [...dateFormats].reverse() }, { dynamic_date_formats: expect.any(String) as string }],
    [
      { dynamic_templates: templates },
      { dynamic_templates: '[{"words":{"mapping":{"type":"keyword"},"match":"w*"}}]' },
    ],
    [{ _source: { enabled: false } }, { _source: '{"enabled":false,"excludes":[],"includes":[]}' }],
    [{ _source: { includes: ['a'] } }, { _source: '{"enabled":true,"excludes":[],"includes":["a"]}' }],
    [{ _field_names: { enabled: false } }, { _field_names: '{"enabled":false}' }],
    [{ _data_stream_timestamp: { enabled: true } }, { _data_stream_timestamp: '{"enabled":true}' }],
    [{ _size: { enabled: true } }, { _size: '{"enabled":true}' }],
    [{ _unknown: { b: 1, a: 2 } }, { _unknown: '{"a":2,"b":1}' }],
    [{ _unknown: 'text' }, { _unknown: 'text' }],
    [{ unknown: { b: 1, a: 2 } }, { unknown: '{"a":2,"b":1}' }],
  ])('of %j are %j', (mapping, inForce) => {
    expect(mappingOptionsInForce(mapping as Readonly<Record<string, unknown>>)).toEqual(inForce);
  });
});
