import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Intent, openIntent, parseEnvelope } from '@maker-registry/protocol';

export const NETWORK = 'ab'.repeat(32);

/** A refusal as a gateway words it. */
export interface Problem {
  readonly code: string;
  readonly subject?: string;
}

/** A gateway that answers reads from a table, and commits every intent unless told to refuse. */
export class TestGateway {
  /** Path without query → document; a function sees the query. What is not there is a 404. */
  readonly documents = new Map<string, object | ((query: URLSearchParams) => object)>();
  /** Intents received, in order. */
  readonly intents: Intent[] = [];
  /** Why an intent is refused; undefined commits it. */
  refuse: (intent: Intent) => Problem | undefined = () => undefined;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(server: Server, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  static async start(): Promise<TestGateway> {
    const directory = mkdtempSync(join(tmpdir(), 'registry-gateway-'));
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const named = ['-days', '2', '-subj', '/CN=gateway', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...made, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gateway = new TestGateway(server, directory);
    server.on('request', (request, response) => {
      gateway.#receive(request, response);
    });
    return gateway;
  }

  /** The options with which a command reaches it. */
  get options(): readonly string[] {
    const { port } = this.#server.address() as AddressInfo;
    const ca = join(this.#directory, 'cert.pem');
    return ['--gateway', `https://127.0.0.1:${port}`, '--ca', ca, '--network', NETWORK];
  }

  /** Forgets everything it was told. */
  reset(): void {
    this.documents.clear();
    this.intents.length = 0;
    this.refuse = () => undefined;
  }

  /** A listing of one page. */
  list(path: string, items: readonly unknown[], more: object = {}): void {
    this.documents.set(path, { items, ...more });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true });
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const [status, body] =
        request.method === 'POST'
          ? this.#submit(Buffer.concat(parts).toString())
          : this.#read(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json', 'registry-height': '1' });
      response.end(JSON.stringify(body));
    });
  }

  #submit(body: string): [number, object] {
    const { intent } = openIntent(parseEnvelope(body));
    this.intents.push(intent);
    const problem = this.refuse(intent);
    if (problem !== undefined) return [409, { ...problem, detail: 'Refused by the test.' }];
    const id = `op-${this.intents.length}`;
    const committed = { operation_id: id, status: 'committed', tx_id: 'cd'.repeat(32), block: 7 };
    return [200, { ...committed, result: { id: 'ef'.repeat(32), type: intent.type } }];
  }

  #read(url: string): [number, object] {
    const { pathname, searchParams } = new URL(url, 'https://gateway');
    const document = this.documents.get(pathname);
    if (document === undefined) return [404, { code: 'NOT_FOUND', detail: 'Nothing is there.' }];
    return [
      200,
      typeof document === 'function'
        ? (document as (query: URLSearchParams) => object)(searchParams)
        : document,
    ];
  }
}
