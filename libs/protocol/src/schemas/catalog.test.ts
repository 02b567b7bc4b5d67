import { codeOf, subjectOf } from '../test-support/expect-code';
import { TERMS } from '../test-support/scene';
import { prepareLedgerSchemas, schemas } from './catalog';
import { type JsonSchema } from './primitives';
import { assertSchema } from './validate';

/** Every schema of an object inside a schema. */
function objectsIn(schema: unknown): JsonSchema[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const nested = Object.values(schema).flatMap(objectsIn);
  return (schema as JsonSchema)['type'] === 'object' ? [schema as JsonSchema, ...nested] : nested;
}

describe('the schemas', () => {
  const all = [schemas.intentBodies, schemas.requestBodies, schemas.actArguments].flatMap((group) =>
    Object.values(group),
  );

  it('compile in strict mode', () => {
    expect(prepareLedgerSchemas).not.toThrow();
    expect(all.length).toBeGreaterThan(20);
  });

  it('are closed at every level: what is not named is refused', () => {
    for (const object of objectsIn(schemas)) expect(object['additionalProperties']).toBe(false);
  });

  it('bound every text and every list', () => {
    for (const schema of all) {
      for (const [path, part] of parts(schema)) {
        const isText = part['type'] === 'string' && part['enum'] === undefined;
        if (isText)
          expect([path, part['maxLength'] ?? boundedPattern(part['pattern'])]).not.toEqual([path, undefined]);
        if (part['type'] === 'array') expect([path, typeof part['maxItems']]).toEqual([path, 'number']);
      }
    }
  });

  it('say what is wrong and where', () => {
    const define = schemas.intentBodies['license.define'];
    const body = (terms: object): unknown => ({ name: 'T', terms: { ...TERMS, ...terms } });
    const pointer = (terms: object): string | undefined =>
      subjectOf(() => {
        assertSchema(define, body(terms), '/body');
      });
    expect(pointer({ text_uri: 'https://example.com' })).toBe('/body/terms/text_digest');
    expect(pointer({ 'a/b~c': 1 })).toBe('/body/terms/a~1b~0c');
    expect(pointer({ actions: ['execute', 'x'] })).toBe('/body/terms/actions/1');
    expect(pointer({ limits: { max_devices: 0 } })).toBe('/body/terms/limits/max_devices');
    expect(pointer({ transfer: { resale: true } })).toBe('/body/terms/transfer/gift');
    expect(
      codeOf(() => {
        assertSchema(define, 7);
      }),
    ).toBe('SCHEMA_VIOLATION');
    expect(
      subjectOf(() => {
        assertSchema(define, 7);
      }),
    ).toBe('');
  });

  it('do not take inherited members for members', () => {
    const inherited: unknown = Object.create({ right_id: 'a'.repeat(64) });
    expect(
      codeOf(() => {
        assertSchema(schemas.intentBodies['right.claim'], inherited);
      }),
    ).toBe('SCHEMA_VIOLATION');
  });
});

/** Every part of a schema that describes a value, with its path. */
function parts(schema: JsonSchema, path = ''): [string, JsonSchema][] {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const items = schema['items'] === undefined ? [] : parts(schema['items'] as JsonSchema, `${path}/*`);
  return [[path, schema], ...properties.flatMap(([name, part]) => parts(part, `${path}/${name}`)), ...items];
}

/** A pattern that itself bounds the length: anchored, and without an open quantifier. */
function boundedPattern(pattern: unknown): true | undefined {
  return typeof pattern === 'string' &&
    /^\^.*\$$/.test(pattern) &&
    !/[*+]|,\}/.test(pattern.replace(/\[[^\]]*\]/g, ''))
    ? true
    : undefined;
}
