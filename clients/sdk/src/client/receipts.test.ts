import { type IncomingMessage, type ServerResponse } from 'node:http';
import { answer, startServer, type TestServer } from '../testing/https-server';
import { RegistryClient } from './registry-client';

const TX_ID = 'cd'.repeat(32);
const RECEIPT = Buffer.from([1, 2, 3]);
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

const send = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/vnd.maker-registry.receipt' });
  response.end(RECEIPT);
};

describe('receipts', () => {
  it('are given as the gateway sends them', async () => {
    handle = send;
    expect(Buffer.from(await client.receipts.transaction(TX_ID)).equals(RECEIPT)).toBe(true);
    await client.receipts.transaction(TX_ID, { kind: 'block', core: true });
    await client.receipts.operation('op-1');
    await client.receipts.state('records:Get', ['a', 'b']);
    await client.receipts.prefix(7, { core: true });
    await client.receipts.prefix();
    expect(urls).toEqual([
      `/v1/transactions/${TX_ID}/receipt`,
      `/v1/transactions/${TX_ID}/receipt?kind=block&core=true`,
      '/v1/operations/op-1/receipt',
      '/v1/receipts/state?function=records%3AGet&arguments=a%2Cb',
      '/v1/receipts/prefix?block=7&core=true',
      '/v1/receipts/prefix',
    ]);
  });

  it('are asked for again while the transaction settles', async () => {
    handle = (request, response) => {
      if (urls.length === 1) answer(response, 202, { status: 'submitted' }, { 'retry-after': '1' });
      else send(request, response);
    };
    expect(await client.receipts.transaction(TX_ID)).toHaveLength(RECEIPT.length);
    expect(urls).toHaveLength(2);
  });

  it('are given up when the wait is over', async () => {
    handle = (_, response) => {
      answer(response, 202, { status: 'submitted' }, { 'retry-after': '60' });
    };
    await expect(client.receipts.operation('op-1', { wait: 1 })).rejects.toMatchObject({
      code: 'OPERATION_UNFINISHED',
      subject: 'op-1',
    });
    expect(urls).toHaveLength(1);
  });

  it('that nobody can give are refused with the registry’s code', async () => {
    handle = (_, response) => {
      answer(response, 404, { code: 'TRANSACTION_UNKNOWN', detail: 'none' });
    };
    await expect(client.receipts.transaction(TX_ID)).rejects.toMatchObject({ code: 'TRANSACTION_UNKNOWN' });
  });
});
