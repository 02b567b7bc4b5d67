import { RegistryError, sha256Hex } from '@maker-registry/protocol';
import { ClientError, type RegistryClient } from '@maker-registry/sdk';
import { MAX_MATCHES } from '../limits';
import { fixtureModel, fixtureRecord, fixtureScheme, marked, NETWORK } from '../testing/fixture-world';
import { codeOf } from '../testing/verifier-code';
import { type GatewayClient, gatewaySource } from './gateway-source';

const MODEL = fixtureModel();
const SCHEME = fixtureScheme(MODEL);
const RECORD = fixtureRecord('cat', marked('cat'), SCHEME);

type Reads = GatewayClient['read']['provenance'];

async function* listing(items: readonly unknown[]): AsyncGenerator {
  for (const item of items) yield await Promise.resolve(item);
}

function client(changes: Partial<Reads> = {}): GatewayClient {
  const provenance: Reads = {
    record: () => Promise.resolve(RECORD),
    records: () => listing([RECORD]),
    model: () => Promise.resolve(MODEL),
    scheme: () => Promise.resolve(SCHEME),
    schemes: () => listing([SCHEME]),
    ...changes,
  };
  return { network: NETWORK, read: { provenance } };
}

const source = (changes?: Partial<Reads>): ReturnType<typeof gatewaySource> =>
  gatewaySource(client(changes), 'https://gateway.example');

const absent = (code: 'NOT_FOUND' | 'MODEL_UNKNOWN' | 'SCHEME_UNKNOWN'): Promise<never> =>
  Promise.reject(new RegistryError(code, 'There is none.'));

describe('a gateway as a source', () => {
  it('is what the SDK’s client can be', () => {
    const accepts = (given: RegistryClient): GatewayClient => given;
    expect(accepts).toBeDefined();
  });

  it('gives documents, and says who it is', async () => {
    expect(await source().describe()).toEqual({
      kind: 'gateway',
      subject: 'https://gateway.example',
      network: NETWORK,
      height: null,
    });
    expect((await source().record(RECORD))?.record).toEqual(RECORD);
    expect(await source().recordsOf(RECORD.content_hash)).toHaveLength(1);
    expect(await source().model(MODEL.model_ref)).toEqual(MODEL);
    expect(await source().scheme(SCHEME.scheme_ref)).toEqual(SCHEME);
    expect(await source().schemes()).toEqual([SCHEME]);
    expect(await source().params(SCHEME.scheme_commitment)).toBeUndefined();
  });

  it('is asked in the gateway’s own words', async () => {
    const asked: unknown[] = [];
    const watching = source({
      records: (filter) => {
        asked.push(filter);
        return listing([]);
      },
      schemes: (filter) => {
        asked.push(filter);
        return listing([]);
      },
    });
    await watching.recordsOf('ab');
    await watching.recordsWith('cd', { payload: 'ef', payload_bits: 8 });
    await watching.schemes();
    await watching.schemes('12');
    expect(asked).toEqual([
      { content_hash: 'ab' },
      { scheme_ref: 'cd', payload: 'ef', payload_bits: 8 },
      {},
      { model_ref: '12' },
    ]);
  });

  it('that says a thing is not there is believed', async () => {
    expect(await source({ record: () => absent('NOT_FOUND') }).record(RECORD)).toBeUndefined();
    expect(await source({ model: () => absent('MODEL_UNKNOWN') }).model('ab')).toBeUndefined();
    expect(await source({ scheme: () => absent('SCHEME_UNKNOWN') }).scheme('ab')).toBeUndefined();
  });

  it('that is away is not taken for one that knows nothing', async () => {
    const away = (): Promise<never> => Promise.reject(new ClientError('GATEWAY_UNREACHABLE', 'It is away.'));
    expect(await codeOf(source({ record: away }).record(RECORD))).toBe('GATEWAY_UNREACHABLE');
    expect(await codeOf(source({ model: away }).model('ab'))).toBe('GATEWAY_UNREACHABLE');
  });

  it.each<[what: string, changes: Partial<Reads>]>([
    ['nothing', { record: () => Promise.resolve(undefined) }],
    ['a text', { record: () => Promise.resolve('record') }],
    ['another form', { record: () => Promise.resolve({ ...RECORD, nonce: 7 }) }],
  ])('that answers %s is refused', async (_what, changes) => {
    expect(await codeOf(source(changes).record(RECORD))).toBe('SOURCE_MALFORMED');
  });

  it('that answers without end is not read to the end', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator {
      for (;;) {
        given += 1;
        yield await Promise.resolve(RECORD);
      }
    }
    expect(await source({ records: endless }).recordsOf(sha256Hex('x'))).toHaveLength(MAX_MATCHES);
    expect(given).toBe(MAX_MATCHES);
  });
});
