import { Pool } from 'pg';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config/config';
import { POOL_CONNECT_MS, STATEMENT_MS } from '../limits';

/** Connections to PostgreSQL. A database that goes away fails statements, not the process; the pool reconnects. */
export function openPool(config: Pick<GatewayConfig, 'databaseUrl' | 'poolSize'>, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: config.databaseUrl,
    max: config.poolSize,
    connectionTimeoutMillis: POOL_CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + POOL_CONNECT_MS,
    application_name: 'registry-gateway',
    keepAlive: true,
  });
  pool.on('error', (error) => {
    logger.warn({ err: error }, 'An idle database connection broke');
  });
  return pool;
}
