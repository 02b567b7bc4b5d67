import { type GenerationRecord, type LedgerWrite, ZERO_HASH } from '@maker-registry/protocol';
import { encodeCursor } from '../http/cursor';
import { type LineageAnswer } from '../reads/lineage';
import { type RecordBundle } from '../reads/record-bundle';
import { MirrorTables } from '../testing/mirror-tables';
import { idOf, modelPuts, policyPuts, recordPuts, schemePuts } from '../testing/provenance-documents';
import { ReadServer } from '../testing/read-server';
import { provenanceReadRoutes } from './provenance-reads';

jest.setTimeout(60_000);

const NETWORK = 'ab'.repeat(32);
const content = (number: number): string => idOf('d', number);
const model = (number: number): string => idOf('b', number);
const scheme = (number: number): string => idOf('c', number);

let tables: MirrorTables;
let server: ReadServer;

beforeAll(async () => {
  tables = await MirrorTables.start(NETWORK);
  server = await ReadServer.start(tables.pool, provenanceReadRoutes);
  await tables.block(
    [...modelPuts(1), ...modelPuts(2, { owner: idOf('a', 2) }), ...modelPuts(3)],
    [...schemePuts(1), ...schemePuts(2, { status: 'deprecated' }), ...schemePuts(3)],
  );
});
afterAll(async () => {
  await server.stop();
  await tables.stop();
});

function lineage(modelNumber: number, contentHash: string, query = ''): Promise<LineageAnswer> {
  return server
    .get(`/v1/records/${model(modelNumber)}/${contentHash}/lineage${query}`)
    .then(({ body }) => body as LineageAnswer);
}

/** Layers with model and content, for comparison. */
function steps({ items }: LineageAnswer): unknown[] {
  return items.map(({ layer, model_ref, content_hash }) => [layer, model_ref, content_hash]);
}

describe('single documents', () => {
  it('come with the height and their version', async () => {
    const answer = await server.get(`/v1/models/${model(1)}`);
    expect(answer).toMatchObject({ status: 200, body: { model_ref: model(1), owner: idOf('a', 1) } });
    expect(answer.headers.get('registry-height')).toBe('7');
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toBe('"0.0"');
    const again = await server.get(`/v1/models/${model(1)}`, { 'if-none-match': etag });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('stay readable as they were at a version', async () => {
    await tables.block([...modelPuts(4)], [...modelPuts(4, { version: 2, model_version: '2.0.0' })]);
    await tables.block([...schemePuts(4)], [...schemePuts(4, { version: 2, status: 'revoked' })]);
    expect(await server.get(`/v1/models/${model(4)}`)).toMatchObject({ body: { version: 2 } });
    expect(await server.get(`/v1/models/${model(4)}/versions/1`)).toMatchObject({
      body: { model_version: '1.0.0' },
    });
    expect(await server.get(`/v1/models/${model(4)}/versions/2`)).toMatchObject({
      body: { model_version: '2.0.0' },
    });
    expect(await server.get(`/v1/schemes/${scheme(4)}/versions/1`)).toMatchObject({
      body: { status: 'active' },
    });
    expect(await server.get(`/v1/schemes/${scheme(4)}`)).toMatchObject({ body: { status: 'revoked' } });
  });

  const NOWHERE = idOf('0', 404);
  it.each([
    [`/v1/models/${NOWHERE}`, 'MODEL_UNKNOWN', NOWHERE],
    [`/v1/models/${model(1)}/versions/9`, 'MODEL_UNKNOWN', `${model(1)}/9`],
    [`/v1/models/${model(1)}/versions/0`, 'MODEL_UNKNOWN', `${model(1)}/0`],
    [`/v1/schemes/${NOWHERE}`, 'SCHEME_UNKNOWN', NOWHERE],
    [`/v1/schemes/${scheme(1)}/versions/2`, 'SCHEME_UNKNOWN', `${scheme(1)}/2`],
    [`/v1/records/${model(1)}/${NOWHERE}`, 'NOT_FOUND', `${model(1)}/${NOWHERE}`],
    [`/v1/records/${NOWHERE}/${NOWHERE}`, 'NOT_FOUND', `${NOWHERE}/${NOWHERE}`],
    [`/v1/records/${model(1)}/${NOWHERE}/lineage`, 'NOT_FOUND', `${model(1)}/${NOWHERE}`],
    [`/v1/records/${model(1)}/${NOWHERE}/lineage?direction=down`, 'NOT_FOUND', `${model(1)}/${NOWHERE}`],
    [`/v1/records/${model(1)}/${NOWHERE}/bundle`, 'NOT_FOUND', `${model(1)}/${NOWHERE}`],
    [`/v1/records/${model(1)}/${NOWHERE}/risks`, 'NOT_FOUND', `${model(1)}/${NOWHERE}`],
  ])('that are not there: %s', async (path, code, subject) => {
    expect(await server.get(path)).toMatchObject({ status: 404, body: { code, subject } });
  });

  it.each([
    ['/v1/models/ABC', '/path/model_ref'],
    [`/v1/models/${model(1)}/versions/one`, '/path/version'],
    [`/v1/models/${model(1)}/versions/-1`, '/path/version'],
    [`/v1/schemes/${'0'.repeat(63)}`, '/path/scheme_ref'],
    [`/v1/records/${model(1)}/x`, '/path/content_hash'],
    [`/v1/records/x/${content(1)}/bundle`, '/path/model_ref'],
    [`/v1/records/${model(1)}/${content(1)}/lineage?direction=sideways`, '/query/direction'],
    [`/v1/records/${model(1)}/${content(1)}/lineage?depth=0`, '/query/depth'],
    [`/v1/records/${model(1)}/${content(1)}/lineage?depth=65`, '/query/depth'],
    [`/v1/records/${model(1)}/${content(1)}/lineage?limit=5`, '/query/limit'],
    [`/v1/records/${model(1)}/${content(1)}/risks?depth=5`, '/query/depth'],
    ['/v1/models?owner=x', '/query/owner'],
    ['/v1/models?model_id=%00', '/query/model_id'],
    ['/v1/models?limit=201', '/query/limit'],
    ['/v1/models?cursor=x', '/query/cursor'],
    ['/v1/schemes?status=open', '/query/status'],
    ['/v1/schemes?owner=x', '/query/owner'],
    ['/v1/records?content_hash=x', '/query/content_hash'],
    ['/v1/records?recorder=', '/query/recorder'],
    [`/v1/records?cursor=${encodeCursor([1, 2])}`, '/query/cursor'],
    ['/v1/records?payload=a0', '/query/scheme_ref'],
    ['/v1/records?payload_bits=5', '/query/payload'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload_bits=5`, '/query/payload'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=`, '/query/payload'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=A0`, '/query/payload'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=${'0'.repeat(65)}`, '/query/payload'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=a0&payload_bits=0`, '/query/payload_bits'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=a0&payload_bits=9`, '/query/payload_bits'],
    [`/v1/records?scheme_ref=${scheme(1)}&payload=a0&payload_bits=257`, '/query/payload_bits'],
    [
      `/v1/records?scheme_ref=${scheme(1)}&payload=a0&cursor=${encodeCursor([1, 2, 'a', 'b'])}`,
      '/query/cursor',
    ],
    [`/v1/records?scheme_ref=${scheme(1)}&nonce_from=a0`, '/query/nonce_from'],
  ])('asked for wrongly: %s', async (path, subject) => {
    expect(await server.get(path)).toMatchObject({
      status: 422,
      body: { code: 'SCHEMA_VIOLATION', subject },
    });
  });
});

describe('listings', () => {
  const refs = async (path: string): Promise<string[]> =>
    (await server.all<{ model_ref: string }>(path)).map(({ model_ref }) => model_ref);

  it('select models by owner and name, schemes by model and status', async () => {
    expect(await refs(`/v1/models?owner=${idOf('a', 2)}`)).toEqual([model(2)]);
    expect(await refs('/v1/models?model_id=model%203')).toEqual([model(3)]);
    expect(await refs(`/v1/models?model_id=model%203&owner=${idOf('a', 2)}`)).toEqual([]);
    expect(await refs('/v1/schemes?status=deprecated')).toEqual([model(2)]);
    expect(await refs(`/v1/schemes?model_ref=${model(1)}&limit=1`)).toEqual([model(1)]);
  });

  it('give every record of a batch once, though all share one place in the ledger', async () => {
    const batch = Array.from({ length: 23 }, (_unused, n) => idOf('1', n));
    const recorder = idOf('a', 77);
    await tables.block(batch.flatMap((hash) => recordPuts(1, hash, { recorder })));
    for (const limit of [1, 5, 23, 200]) {
      const found = await server.all<GenerationRecord>(`/v1/records?recorder=${recorder}&limit=${limit}`);
      expect(found.map(({ content_hash }) => content_hash)).toEqual(batch);
    }
  });

  it('select records by content, model, scheme and parent, in ledger order', async () => {
    const shared = idOf('2', 1);
    await tables.block(
      recordPuts(3, shared),
      recordPuts(1, shared, { isFirst: false, parent_hash: idOf('2', 9) }),
    );
    expect(await refs(`/v1/records?content_hash=${shared}`)).toEqual([model(3), model(1)]);
    expect(await refs(`/v1/records?content_hash=${shared}&model_ref=${model(1)}`)).toEqual([model(1)]);
    expect(await refs(`/v1/records?scheme_ref=${scheme(3)}&content_hash=${shared}`)).toEqual([model(3)]);
    expect(await refs(`/v1/records?parent_hash=${idOf('2', 9)}`)).toEqual([model(1)]);
    expect(await refs(`/v1/records?parent_hash=${shared}`)).toEqual([]);
  });
});

describe('payload lookups', () => {
  const nonces = ['a0', 'a7', 'a8', 'b0', 'ff'].map((byte, n) => byte.padEnd(63, '0') + String(n));

  beforeAll(async () => {
    await tables.block(nonces.flatMap((nonce, n) => recordPuts(2, idOf('6', n), { nonce })));
    await tables.block(recordPuts(3, idOf('6', 50), { nonce: nonces[0]! }));
  });

  const found = async (query: string): Promise<string[]> =>
    (await server.all<GenerationRecord>(`/v1/records?scheme_ref=${scheme(2)}&${query}`)).map(
      ({ nonce }) => nonce,
    );

  it.each<[string, string, readonly number[]]>([
    ['a whole digit', 'payload=a', [0, 1, 2]],
    ['five bits', 'payload=a0&payload_bits=5', [0, 1]],
    ['five bits and noise after them', 'payload=a6&payload_bits=5', [0, 1]],
    ['three bits', 'payload=a&payload_bits=3', [0, 1, 2, 3]],
    ['one bit', 'payload=8&payload_bits=1', [0, 1, 2, 3, 4]],
    ['one bit of nobody', 'payload=0&payload_bits=1', []],
    ['all bits', `payload=${nonces[2]!}`, [2]],
    ['all bits but the last', `payload=${nonces[2]!}&payload_bits=255`, [2]],
    ['an unknown payload', 'payload=a1', []],
  ])('give all records that it fits: %s', async (_what, query, hits) => {
    expect(await found(query)).toEqual(hits.map((n) => nonces[n]));
    expect(await found(`${query}&limit=1`)).toEqual(hits.map((n) => nonces[n]));
  });

  it('stay within the scheme, and take other filters', async () => {
    const other = await server.all<GenerationRecord>(`/v1/records?scheme_ref=${scheme(3)}&payload=a0`);
    expect(other.map(({ model_ref }) => model_ref)).toEqual([model(3)]);
    expect(await found(`payload=a&content_hash=${idOf('6', 1)}`)).toEqual([nonces[1]]);
    expect(await found(`payload=a&model_ref=${model(1)}`)).toEqual([]);
  });
});

describe('lineage upwards', () => {
  it('goes to the record without a parent', async () => {
    await tables.block(
      recordPuts(1, content(1)),
      recordPuts(2, content(2), { parent_hash: content(1) }),
      recordPuts(3, content(3), { parent_hash: content(2) }),
    );
    const answer = await lineage(3, content(3));
    expect(steps(answer)).toEqual([
      [1, model(2), content(2)],
      [2, model(1), content(1)],
    ]);
    expect(answer).toMatchObject({ depth: 2, incomplete: false, cycle: false });
    expect(answer).not.toHaveProperty('missing');
    expect(await lineage(1, content(1))).toEqual({ items: [], depth: 0, incomplete: false, cycle: false });
  });

  it('ends at the depth asked for, which is not incomplete', async () => {
    expect(await lineage(3, content(3), '?depth=1')).toMatchObject({
      depth: 1,
      incomplete: false,
      cycle: false,
    });
  });

  it('says which parent nobody registered', async () => {
    await tables.block(
      recordPuts(1, content(11), { parent_hash: content(10) }),
      recordPuts(1, content(12), { parent_hash: content(11) }),
    );
    const answer = await lineage(1, content(12));
    expect(answer).toMatchObject({ depth: 1, incomplete: true, cycle: false, missing: content(10) });
  });

  it('takes the first record of a content that two models recorded, of one batch too', async () => {
    // In the batch the later key comes first: neither block, place nor name decides, the ledger's own index does.
    await tables.block([
      ...recordPuts(3, content(20)),
      ...recordPuts(1, content(20), { isFirst: false }),
      ...recordPuts(2, content(21), { parent_hash: content(20) }),
    ]);
    expect(steps(await lineage(2, content(21)))).toEqual([[1, model(3), content(20)]]);
  });

  it('takes the record of the model that the child names', async () => {
    await tables.block(recordPuts(2, content(22), { parent_hash: content(20), parent_model_ref: model(1) }));
    expect(steps(await lineage(2, content(22)))).toEqual([[1, model(1), content(20)]]);
  });

  it('misses a named parent even where another model recorded the content', async () => {
    await tables.block(recordPuts(2, content(23), { parent_hash: content(20), parent_model_ref: model(2) }));
    expect(await lineage(2, content(23))).toMatchObject({
      items: [],
      incomplete: true,
      missing: content(20),
    });
  });

  it('ends at a content met before', async () => {
    await tables.block(
      recordPuts(1, content(30), { parent_hash: content(32) }),
      recordPuts(1, content(31), { parent_hash: content(30) }),
      recordPuts(1, content(32), { parent_hash: content(31) }),
      recordPuts(1, content(33), { parent_hash: content(32) }),
      recordPuts(1, content(34), { parent_hash: content(34) }),
    );
    const answer = await lineage(1, content(33));
    expect(answer).toMatchObject({ depth: 3, incomplete: false, cycle: true });
    expect(await lineage(1, content(34))).toEqual({ items: [], depth: 0, incomplete: false, cycle: true });
  });

  it('ends at 64 layers', async () => {
    const chain = Array.from({ length: 80 }, (_unused, n) => idOf('7', n));
    await tables.block(
      chain.flatMap((hash, n) => recordPuts(1, hash, { parent_hash: chain[n - 1] ?? ZERO_HASH })),
    );
    const answer = await lineage(1, chain.at(-1)!);
    expect(answer).toMatchObject({ depth: 64, incomplete: false, cycle: false });
    expect(answer.items.at(-1)).toMatchObject({ layer: 64, content_hash: chain[80 - 1 - 64] });
    expect(await lineage(1, chain[0]!, '?direction=down')).toMatchObject({ depth: 64, incomplete: false });
  });
});

describe('lineage downwards', () => {
  it('goes layer by layer, each oldest first', async () => {
    await tables.block(
      recordPuts(1, content(41)),
      recordPuts(1, content(43), { parent_hash: content(41) }),
      recordPuts(1, content(42), { parent_hash: content(41) }),
      recordPuts(1, content(44), { parent_hash: content(43) }),
    );
    expect(steps(await lineage(1, content(41), '?direction=down'))).toEqual([
      [1, model(1), content(43)],
      [1, model(1), content(42)],
      [2, model(1), content(44)],
    ]);
    expect(await lineage(1, content(41), '?direction=down&depth=1')).toMatchObject({
      depth: 1,
      incomplete: false,
    });
    expect(await lineage(1, content(44), '?direction=down')).toEqual({
      items: [],
      depth: 0,
      incomplete: false,
      cycle: false,
    });
  });

  it('is the reverse of the way up where several models recorded the same content', async () => {
    await tables.block(
      recordPuts(1, content(50)),
      recordPuts(2, content(50), { isFirst: false }),
      recordPuts(1, content(51), { parent_hash: content(50) }),
      recordPuts(1, content(52), { parent_hash: content(50), parent_model_ref: model(2) }),
      recordPuts(1, content(53), { parent_hash: content(50), parent_model_ref: model(3) }),
    );
    expect(steps(await lineage(1, content(50), '?direction=down'))).toEqual([[1, model(1), content(51)]]);
    expect(steps(await lineage(2, content(50), '?direction=down'))).toEqual([[1, model(1), content(52)]]);
  });

  it('ends where a content was met before, and says so', async () => {
    const answer = await lineage(1, content(30), '?direction=down');
    expect(answer).toMatchObject({ cycle: true, incomplete: false });
    expect(steps(answer).map((step) => (step as unknown[])[2])).toEqual([
      content(31),
      content(32),
      content(33),
    ]);
    expect(await lineage(1, content(34), '?direction=down')).toMatchObject({ items: [], cycle: true });
  });

  it('says that there is more where there is too much', async () => {
    const many = Array.from({ length: 520 }, (_unused, n) => idOf('f', n));
    await tables.block(
      recordPuts(1, content(60)),
      many.flatMap((hash) => recordPuts(1, hash, { parent_hash: content(60) })),
    );
    const answer = await lineage(1, content(60), '?direction=down');
    expect(answer.items).toHaveLength(500);
    expect(answer).toMatchObject({ incomplete: true, depth: 1 });
    const all = await server.all<GenerationRecord>(`/v1/records?parent_hash=${content(60)}&limit=200`);
    expect(all.map(({ content_hash }) => content_hash)).toEqual(many);
  });
});

describe('what surrounds a record', () => {
  it('is in its bundle: ancestors, models, schemes, policies in force and who was first', async () => {
    await tables.block(
      [
        ...policyPuts(3, content(20)),
        ...policyPuts(3, content(20), { version: 2, license_uri: 'https://example.org/2' }),
      ],
      policyPuts(2, content(21)),
    );
    const answer = await server.get(`/v1/records/${model(2)}/${content(21)}/bundle`);
    const bundle = answer.body as RecordBundle;
    expect(bundle).toMatchObject({
      format: 'maker-registry-bundle/v1',
      network: NETWORK,
      height: tables.height,
    });
    expect(bundle.records.map(({ content_hash }) => content_hash)).toEqual([content(21), content(20)]);
    expect(bundle.models.map(({ model_ref }) => model_ref)).toEqual([model(2), model(3)]);
    expect(bundle.schemes.map(({ scheme_ref }) => scheme_ref)).toEqual([scheme(2), scheme(3)]);
    expect(bundle.policies.map(({ content_hash, version }) => [content_hash, version])).toEqual([
      [content(21), 1],
      [content(20), 2],
    ]);
    expect(bundle.content_index).toEqual({ [content(20)]: model(3), [content(21)]: model(2) });
  });

  it('is in a bundle as far as it is registered', async () => {
    const { body } = await server.get(`/v1/records/${model(1)}/${content(12)}/bundle`);
    expect(body).toMatchObject({
      policies: [],
      content_index: { [content(11)]: model(1), [content(12)]: model(1) },
    });
    expect(body).not.toHaveProperty(['content_index', content(10)]);
  });

  const risksOf = async (
    puts: readonly LedgerWrite[],
    modelNumber: number,
    hash: string,
  ): Promise<unknown> => {
    await tables.block(puts);
    const { body } = await server.get(`/v1/records/${model(modelNumber)}/${hash}/risks`);
    return (body as { risks: unknown }).risks;
  };

  it('weighs on it as model and scheme stand now', async () => {
    const puts = recordPuts(9, content(90), { annotations: ['parent-unregistered'] });
    const key = {
      version: 1,
      alg: 'ed25519',
      public_key: idOf('9', 9),
      since: { tx_id: idOf('e', 1), at: 1 },
    } as const;
    expect(await risksOf([...modelPuts(9), ...schemePuts(9), ...puts], 9, content(90))).toEqual([
      'parent-unregistered',
    ]);
    const flags = { updatable: true, frozen: false, disabled: true };
    const keys = [{ ...key, status: 'compromised', compromised_from: 5 }] as const;
    const later = [
      ...modelPuts(9, { version: 2, flags, keys }),
      ...schemePuts(9, { version: 2, status: 'revoked' }),
    ];
    expect(await risksOf(later, 9, content(90))).toEqual([
      'key-compromised',
      'scheme-revoked',
      'model-disabled',
      'parent-unregistered',
    ]);
  });
});
