import { readFileSync } from 'node:fs';
import { TRANSACTION_TIME_WINDOW_S } from '../limits';

/** What the chaincode service needs to know to serve its peer. */
export interface ServerConfiguration {
  /** `host:port` to listen on. */
  readonly address: string;
  /** The package id that the peer knows this chaincode by. */
  readonly chaincodeId: string;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer; readonly clientCACerts: Buffer };
  /** Seconds by which a transaction's time may differ from this machine's clock. */
  readonly timeWindowS: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: the chaincode service needs it to start`);
  return value;
}

function fileNamedBy(environment: Environment, name: string): Buffer {
  const path = required(environment, name);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${name} names ${path}, which cannot be read`, { cause });
  }
}

function timeWindow(environment: Environment): number {
  const text = environment['CHAINCODE_TIME_WINDOW_S'];
  if (text === undefined) return TRANSACTION_TIME_WINDOW_S;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new Error(`CHAINCODE_TIME_WINDOW_S is ${text}: give whole seconds, 1 to 999999`);
  return Number(text);
}

/**
 * Reads the service's configuration from the environment: CHAINCODE_SERVER_ADDRESS, CHAINCODE_ID,
 * CHAINCODE_TLS_KEY_FILE, CHAINCODE_TLS_CERT_FILE, CHAINCODE_TLS_CLIENT_CACERT_FILE and, optionally,
 * CHAINCODE_TIME_WINDOW_S. TLS with client certificates is not optional: whoever reaches this port without it could
 * have the chaincode answer as if a peer had asked.
 *
 * @throws {Error} naming the variable that is missing or wrong.
 */
export function readServerConfiguration(environment: Environment): ServerConfiguration {
  return {
    address: required(environment, 'CHAINCODE_SERVER_ADDRESS'),
    chaincodeId: required(environment, 'CHAINCODE_ID'),
    tls: {
      key: fileNamedBy(environment, 'CHAINCODE_TLS_KEY_FILE'),
      cert: fileNamedBy(environment, 'CHAINCODE_TLS_CERT_FILE'),
      clientCACerts: fileNamedBy(environment, 'CHAINCODE_TLS_CLIENT_CACERT_FILE'),
    },
    timeWindowS: timeWindow(environment),
  };
}
