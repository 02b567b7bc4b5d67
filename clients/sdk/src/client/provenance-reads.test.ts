import { type IncomingMessage, type ServerResponse } from 'node:http';
import { answer, startServer, type TestServer } from '../testing/https-server';
import { RegistryClient } from './registry-client';

const A = 'aa'.repeat(32);
const B = 'bb'.repeat(32);

let server: TestServer;
let client: RegistryClient;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
let urls: string[];

beforeAll(async () => {
  server = await startServer((request, response) => {
    urls.push(request.url ?? '');
    handle(request, response);
  });
});
beforeEach(() => {
  urls = [];
  client = new RegistryClient({ baseUrl: server.url, ca: server.ca, network: 'ab'.repeat(32) });
});
afterEach(() => {
  client.close();
});
afterAll(async () => {
  await server.close();
});

function withCode(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

async function collect<Item>(items: AsyncGenerator<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

type Read = (client: RegistryClient) => Promise<unknown>;

const DOCUMENTS: [string, Read][] = [
  [`/v1/models/${A}`, ({ read }) => read.provenance.model(A)],
  [`/v1/models/${A}/versions/3`, ({ read }) => read.provenance.modelVersion(A, 3)],
  [`/v1/schemes/${A}`, ({ read }) => read.provenance.scheme(A)],
  [`/v1/schemes/${A}/versions/2`, ({ read }) => read.provenance.schemeVersion(A, 2)],
  [`/v1/records/${A}/${B}`, ({ read }) => read.provenance.record(A, B)],
  [`/v1/records/${A}/${B}/lineage`, ({ read }) => read.provenance.lineage(A, B)],
  [
    `/v1/records/${A}/${B}/lineage?direction=down&depth=5`,
    ({ read }) => read.provenance.lineage(A, B, { direction: 'down', depth: 5 }),
  ],
  [`/v1/records/${A}/${B}/bundle`, ({ read }) => read.provenance.bundle(A, B)],
  [`/v1/records/${A}/${B}/risks`, ({ read }) => read.provenance.risks(A, B)],
  [`/v1/policies/${A}/${B}`, ({ read }) => read.royalties.policy(A, B)],
  [`/v1/policies/${A}/${B}/versions/1`, ({ read }) => read.royalties.policyVersion(A, B, 1)],
  [`/v1/settlements/${A}`, ({ read }) => read.royalties.settlement(A)],
  [`/v1/vaults/${A}/EUR`, ({ read }) => read.royalties.vault(A, 'EUR')],
  [`/v1/withdrawals/${A}`, ({ read }) => read.royalties.withdrawal(A)],
  [
    `/v1/certificates/Op1MSP/a1/0f`,
    ({ read }) => read.certificates.revocation('Op1MSP', { aki: 'a1', serial: '0f' }),
  ],
  [`/v1/streams/${A}`, ({ read }) => read.royalties.stream(A)],
  [`/v1/shares/${A}`, ({ read }) => read.royalties.shareIssue(A)],
];

const LISTINGS: [string, Read][] = [
  [
    `/v1/models?owner=${A}&model_id=m+1`,
    ({ read }) => collect(read.provenance.models({ owner: A, model_id: 'm 1' })),
  ],
  [`/v1/schemes?status=active`, ({ read }) => collect(read.provenance.schemes({ status: 'active' }))],
  ['/v1/records', ({ read }) => collect(read.provenance.records())],
  [
    `/v1/records?scheme_ref=${A}&payload=a5&payload_bits=7`,
    ({ read }) => collect(read.provenance.records({ scheme_ref: A, payload: 'a5', payload_bits: 7 })),
  ],
  [`/v1/policies?rights_owner=${A}`, ({ read }) => collect(read.royalties.policies({ rights_owner: A }))],
  [`/v1/policies/${A}/${B}/versions`, ({ read }) => collect(read.royalties.policyVersions(A, B))],
  [`/v1/settlements?beneficiary=${A}`, ({ read }) => collect(read.royalties.settlements({ beneficiary: A }))],
  [`/v1/settlements/${A}/allocations`, ({ read }) => collect(read.royalties.allocations(A))],
  ['/v1/suspense?status=held', ({ read }) => collect(read.royalties.suspense({ status: 'held' }))],
  [`/v1/vaults/${A}`, ({ read }) => collect(read.royalties.vaults(A))],
  [`/v1/vaults/${A}/EUR/credits`, ({ read }) => collect(read.royalties.credits(A, 'EUR'))],
  [
    `/v1/vaults/${A}/EUR/credits?state=open`,
    ({ read }) => collect(read.royalties.credits(A, 'EUR', { state: 'open' })),
  ],
  ['/v1/withdrawals?currency=EUR', ({ read }) => collect(read.royalties.withdrawals({ currency: 'EUR' }))],
  [`/v1/streams?payer=${A}`, ({ read }) => collect(read.royalties.streams({ payer: A }))],
  [`/v1/shares?issuer=${A}`, ({ read }) => collect(read.royalties.shares({ issuer: A }))],
  [`/v1/shares/${A}/holdings`, ({ read }) => collect(read.royalties.shareHoldings(A))],
];

describe('reads of provenance and royalties', () => {
  it.each(DOCUMENTS)('ask for one document: %s', async (url, read) => {
    handle = (_request, response) => {
      answer(response, 200, { document: url });
    };
    expect(await read(client)).toEqual({ document: url });
    expect(urls).toEqual([url]);
  });

  it.each(DOCUMENTS)('throw the registry’s code: %s', async (_url, read) => {
    handle = (_request, response) => {
      answer(response, 404, { code: 'MODEL_UNKNOWN', detail: 'Nothing.' });
    };
    await expect(read(client)).rejects.toThrow(withCode('MODEL_UNKNOWN'));
  });

  it.each(LISTINGS)('follow a listing to its end: %s', async (url, read) => {
    handle = (request, response) => {
      const isFirst = !(request.url ?? '').includes('cursor=');
      answer(response, 200, isFirst ? { items: [1], next_cursor: 'next' } : { items: [2] });
    };
    expect(await read(client)).toEqual([1, 2]);
    expect(urls).toEqual([url, `${url}${url.includes('?') ? '&' : '?'}cursor=next`]);
  });

  it.each(LISTINGS)('refuse what is no page: %s', async (_url, read) => {
    handle = (_request, response) => {
      answer(response, 200, { items: {} });
    };
    await expect(read(client)).rejects.toThrow(withCode('RESPONSE_MALFORMED'));
  });

  it('cannot be led to another path by an id', async () => {
    handle = (_request, response) => {
      answer(response, 404, { code: 'NOT_FOUND', detail: 'Nothing.' });
    };
    await expect(client.read.provenance.record('../x', 'a?b=1#c')).rejects.toThrow(withCode('NOT_FOUND'));
    expect(urls).toEqual(['/v1/records/..%2Fx/a%3Fb%3D1%23c']);
  });
});

describe('creditTotals', () => {
  it('come with the first page of the statement', async () => {
    handle = (_request, response) => {
      answer(response, 200, { items: [{}], next_cursor: 'c', totals: { open: '5', collected: '7' } });
    };
    expect(await client.read.royalties.creditTotals(A, 'EUR')).toEqual({ open: '5', collected: '7' });
    expect(urls).toEqual([`/v1/vaults/${A}/EUR/credits?limit=1`]);
  });

  it('are missed where a gateway has none', async () => {
    handle = (_request, response) => {
      answer(response, 200, { items: [] });
    };
    await expect(client.read.royalties.creditTotals(A, 'EUR')).rejects.toThrow(
      withCode('RESPONSE_MALFORMED'),
    );
  });
});

describe('streamWindows', () => {
  it('gathers the windows of a range with its sums', async () => {
    handle = (request, response) => {
      const isFirst = !(request.url ?? '').includes('cursor=');
      const page = isFirst ? { items: [{ window: 2 }], next_cursor: 'c' } : { items: [{ window: 3 }] };
      answer(response, 200, { ...page, sum: '5', cumulative: '9' });
    };
    expect(await client.read.royalties.streamWindows(A, { from: 2, to: 3 })).toEqual({
      items: [{ window: 2 }, { window: 3 }],
      sum: '5',
      cumulative: '9',
    });
    expect(urls[0]).toBe(`/v1/streams/${A}/windows?from=2&to=3&limit=1`);
  });

  it.each([{ items: [] }, { items: [], sum: 5, cumulative: '9' }, { items: [], sum: '5' }])(
    'refuses an answer without sums',
    async (body) => {
      handle = (_request, response) => {
        answer(response, 200, body);
      };
      await expect(client.read.royalties.streamWindows(A)).rejects.toThrow(withCode('RESPONSE_MALFORMED'));
    },
  );
});
