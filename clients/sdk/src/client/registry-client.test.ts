import { type IncomingMessage, type ServerResponse } from 'node:http';
import { intentId, openIntent, parseEnvelope } from '@maker-registry/protocol';
import { generateActorKey } from '../keys/actor-signer';
import { answer, startServer, type TestServer } from '../testing/https-server';
import { RegistryClient } from './registry-client';

const NETWORK = 'ab'.repeat(32);
let server: TestServer;
let client: RegistryClient;
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let requests: { url: string; headers: IncomingMessage['headers']; body: string }[];

beforeAll(async () => {
  server = await startServer((request, response, body) => {
    requests.push({ url: request.url ?? '', headers: request.headers, body });
    handle(request, response, body);
  });
});
beforeEach(() => {
  requests = [];
  client = new RegistryClient({ baseUrl: server.url, ca: server.ca, network: NETWORK });
});
afterEach(() => {
  client.close();
});
afterAll(async () => {
  await server.close();
});

const maker = generateActorKey();
const body = { alg: maker.signer.alg, public_key: maker.signer.publicKey };
const committed = {
  operation_id: 'op-1',
  status: 'committed',
  tx_id: 'cd'.repeat(32),
  block: 7,
  result: { id: maker.actorId, type: 'actor' },
};

function withCode(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe('submitIntent', () => {
  it('sends a signed intent under the intent’s own id and waits for its end', async () => {
    handle = (request, response) => {
      if (request.method === 'POST') answer(response, 202, { operation_id: 'op-1', status: 'submitted' });
      else answer(response, 200, committed);
    };
    const operation = await client.submitIntent('actor.register', body, maker);
    expect(operation).toMatchObject({ block: 7, result: { id: maker.actorId } });
    const [post, poll] = requests;
    const envelope = parseEnvelope(post!.body);
    expect(openIntent(envelope).intent).toMatchObject({
      network: NETWORK,
      type: 'actor.register',
      actor: maker.actorId,
    });
    expect(post!.headers['idempotency-key']).toBe(intentId(envelope));
    expect(poll!.url).toMatch(/^\/v1\/operations\/op-1\?wait=\d+$/);
  });

  it('checks the body before anything is sent', async () => {
    const wrong = { ...body, nickname: 'x' };
    await expect(client.submitIntent('actor.register', wrong, maker)).rejects.toThrow(
      withCode('SCHEMA_VIOLATION'),
    );
    expect(requests).toEqual([]);
  });

  it('throws the ledger’s code when the operation is refused', async () => {
    const problem = { code: 'ACTOR_EXISTS', detail: 'There already.', subject: maker.actorId };
    handle = (_request, response) => {
      answer(response, 200, { operation_id: 'op-1', status: 'refused', code: 'ACTOR_EXISTS', problem });
    };
    await expect(client.submitIntent('actor.register', body, maker)).rejects.toThrow(
      withCode('ACTOR_EXISTS'),
    );
  });

  it('throws the code of a problem document', async () => {
    handle = (_request, response) => {
      answer(response, 429, { type: 'about:blank', status: 429, code: 'RATE_LIMITED', detail: 'Slowly.' });
    };
    await expect(client.submitIntent('actor.register', body, maker)).rejects.toThrow(
      withCode('RATE_LIMITED'),
    );
  });

  it('says that an operation has not ended', async () => {
    handle = (_request, response) => {
      answer(response, 200, { operation_id: 'op-1', status: 'submitted' });
    };
    const running = client.submitIntent('actor.register', body, maker, { wait: 0 });
    await expect(running).rejects.toThrow(withCode('OPERATION_UNFINISHED'));
  });

  it.each<[string, unknown]>([
    ['no operation', { status: 'committed' }],
    ['an unknown status', { operation_id: 'op-1', status: 'done' }],
    ['no place in the ledger', { operation_id: 'op-1', status: 'committed' }],
    ['no object', []],
  ])('refuses an answer with %s', async (_what, value) => {
    handle = (_request, response) => {
      answer(response, 200, value);
    };
    await expect(client.submitIntent('actor.register', body, maker)).rejects.toThrow(
      withCode('RESPONSE_MALFORMED'),
    );
  });

  it('refuses an answer with a key twice', async () => {
    handle = (_request, response) => {
      response.end('{"operation_id":"a","operation_id":"b","status":"committed"}');
    };
    await expect(client.submitIntent('actor.register', body, maker)).rejects.toThrow(
      withCode('RESPONSE_MALFORMED'),
    );
  });
});

describe('reads', () => {
  it('wait for the height of this client’s own writes', async () => {
    handle = (request, response) => {
      if (request.method === 'POST') answer(response, 200, committed);
      else answer(response, 200, { actor_id: maker.actorId }, { 'registry-height': '9' });
    };
    await client.read.actor(maker.actorId);
    await client.submitIntent('actor.register', body, maker);
    await client.read.actor(maker.actorId);
    await client.read.actor(maker.actorId, { minHeight: 20 });
    const reads = requests
      .filter(({ url }) => url.startsWith('/v1/actors/'))
      .map(({ url }) => url.split('?')[1]);
    expect(reads).toEqual([undefined, 'minHeight=7', 'minHeight=20']);
  });

  it('follow the pages of a listing', async () => {
    handle = (request, response) => {
      const isFirst = !(request.url ?? '').includes('cursor=');
      answer(response, 200, isFirst ? { items: [{ a: 1 }], next_cursor: 'c' } : { items: [{ a: 2 }] });
    };
    const seen: unknown[] = [];
    for await (const artifact of client.read.artifacts({ kind: 'model' })) seen.push(artifact);
    expect(seen).toEqual([{ a: 1 }, { a: 2 }]);
    expect(requests[0]!.url).toBe('/v1/artifacts?kind=model');
  });

  it('cannot be led to another path by an id', async () => {
    handle = (_request, response) => {
      answer(response, 404, { code: 'NOT_FOUND', detail: 'Nothing.' });
    };
    await expect(client.read.actor('../admin?x=1')).rejects.toThrow(withCode('NOT_FOUND'));
    expect(requests[0]!.url).toBe('/v1/actors/..%2Fadmin%3Fx%3D1');
  });
});

it('refuses a network that is no genesis hash', () => {
  expect(() => new RegistryClient({ baseUrl: server.url, network: 'registry' })).toThrow(
    withCode('CONFIGURATION'),
  );
});

describe('revocations', () => {
  it('are read by their numbers until none is left', async () => {
    handle = (request, response) => {
      const after = Number(new URL(request.url ?? '', server.url).searchParams.get('after'));
      answer(response, 200, { items: after < 4 ? [{ number: after + 1 }, { number: after + 2 }] : [] });
    };
    const seen: number[] = [];
    for await (const { number } of client.read.revocations()) seen.push(number);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('that repeat for ever are refused', async () => {
    handle = (_request, response) => {
      answer(response, 200, { items: [{ number: 1 }] });
    };
    const read = async (): Promise<void> => {
      for await (const entry of client.read.revocations()) expect(entry.number).toBe(1);
    };
    await expect(read()).rejects.toThrow(withCode('RESPONSE_MALFORMED'));
  });
});

it('a committed operation without a result names its transaction', async () => {
  handle = (_request, response) => {
    answer(response, 200, { ...committed, result: undefined });
  };
  const error = await client.submitIntent('actor.register', body, maker).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'RESULT_UNKNOWN', subject: committed.tx_id });
});
