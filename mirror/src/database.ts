import { Client, type ClientConfig, escapeIdentifier } from 'pg';
import { POSTGRES_CONNECT_TIMEOUT_MS, POSTGRES_STATEMENT_TIMEOUT_MS } from './limits';
import { SCHEMA } from './migrate';

/** One session with PostgreSQL that knows when it is lost. */
export class Session {
  readonly client: Client;
  #lost: Error | null = null;

  private constructor(client: Client) {
    this.client = client;
  }

  /**
   * Connects, with the search path set to a schema (which need not exist yet).
   * @throws the driver's error when PostgreSQL is away or refuses
   */
  static async open(
    databaseUrl: string,
    schema: string = SCHEMA,
    applicationName = 'registry-mirror',
  ): Promise<Session> {
    const options: ClientConfig & { pipeline: boolean } = {
      connectionString: databaseUrl,
      application_name: applicationName,
      connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MS,
      query_timeout: POSTGRES_STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      // Statements are sent without waiting for the answer to the one before.
      pipeline: true,
    };
    const client = new Client(options);
    const session = new Session(client);
    // Without a listener a lost connection would end the process.
    client.on('error', (error: Error) => {
      session.#lost = error;
    });
    await client.connect();
    await session.usePath(schema);
    return session;
  }

  /** Why the connection was lost; null while it stands. */
  get lost(): Error | null {
    return this.#lost;
  }

  async usePath(schema: string): Promise<void> {
    await this.client.query(`SET search_path TO ${escapeIdentifier(schema)}`);
  }

  /** Takes the session's advisory lock if it is free. It is held until the session ends. */
  async tryLock(key: number): Promise<boolean> {
    const { rows } = await this.client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [key],
    );
    return rows[0]?.locked === true;
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
