/** Serves the plain asset contract as fabric-contract-api does by default: nothing tuned, nothing left out. */
import { readFileSync } from 'node:fs';
import { JSONSerializer } from 'fabric-contract-api';
import { Shim } from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract';
import { AssetContract } from './asset-contract';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const chaincode = new ChaincodeFromContract(
  [AssetContract],
  { transaction: 'json', serializers: { json: JSONSerializer } },
  {},
  'assets',
  '1',
);
const server = Shim.server(chaincode, {
  ccid: setting('CHAINCODE_ID'),
  address: setting('CHAINCODE_SERVER_ADDRESS'),
  tlsProps: {
    key: readFileSync(setting('CHAINCODE_TLS_KEY_FILE')),
    cert: readFileSync(setting('CHAINCODE_TLS_CERT_FILE')),
    clientCACerts: readFileSync(setting('CHAINCODE_TLS_CLIENT_CACERT_FILE')),
  },
});
server.start().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
