import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Pool } from 'pg';
import { pino } from 'pino';
import { createApp } from '../app';
import { type GatewayContext } from '../context';
import { ANONYMOUS, type Caller } from '../http/caller';
import { type Route } from '../http/route';
import { Metrics } from '../metrics';
import { MirrorReads } from '../reads/mirror-reads';

export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
}

/** Serves routes that read from a database, to callers who are believed to be whom the test says. */
export class ReadServer {
  readonly #server: Server;
  readonly #caller: { current: Caller };

  private constructor(server: Server, caller: { current: Caller }) {
    this.#server = server;
    this.#caller = caller;
  }

  static async start(pool: Pool, routesOf: (context: GatewayContext) => Route[]): Promise<ReadServer> {
    const caller = { current: ANONYMOUS };
    const context = {
      config: {
        organization: { msp_id: 'Op1MSP' },
        network: { entry: { organizations: [{ msp_id: 'RegulatorMSP', role: 'regulator' }] } },
        publicReads: true,
        rateLimits: { readsPerMinute: 0, writesPerMinute: 0 },
      },
      logger: pino({ level: 'silent' }),
      metrics: new Metrics(),
      pool,
      reads: new MirrorReads(pool),
      head: { height: 7, connected: true, waitFor: () => Promise.resolve() },
      certificates: { authenticate: () => Promise.resolve(caller.current) },
      tokens: { authenticate: () => Promise.resolve(undefined) },
    } as unknown as GatewayContext;
    const server = createServer(createApp(context, routesOf(context)));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ReadServer(server, caller);
  }

  /** Where it listens, for requests that are not GETs of a whole. */
  get address(): { readonly host: string; readonly port: number } {
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', port };
  }

  /** Who asks from now on. */
  become(caller: Caller = ANONYMOUS): void {
    this.#caller.current = caller;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ReadAnswer> {
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  /** Every item of a listing, page after page. */
  async all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let next = '';
    do {
      const { status, text, body } = await this.get(path + next);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      const page = body as { readonly items: Item[]; readonly next_cursor?: string };
      items.push(...page.items);
      next =
        page.next_cursor === undefined ? '' : `${path.includes('?') ? '&' : '?'}cursor=${page.next_cursor}`;
    } while (next !== '');
    return items;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
