import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readServerConfiguration } from './configuration';

describe('server configuration', () => {
  let folder: string;
  let complete: Record<string, string>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chaincode-'));
    const file = join(folder, 'pem');
    writeFileSync(file, 'pem');
    complete = {
      CHAINCODE_SERVER_ADDRESS: '127.0.0.1:9999',
      CHAINCODE_ID: 'registry:00',
      CHAINCODE_TLS_KEY_FILE: file,
      CHAINCODE_TLS_CERT_FILE: file,
      CHAINCODE_TLS_CLIENT_CACERT_FILE: file,
    };
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads addresses, files and the default time window', () => {
    const configuration = readServerConfiguration(complete);
    expect(configuration).toMatchObject({
      address: '127.0.0.1:9999',
      chaincodeId: 'registry:00',
      timeWindowS: 300,
    });
    expect(configuration.tls.clientCACerts.toString()).toBe('pem');
  });

  it.each([
    'CHAINCODE_SERVER_ADDRESS',
    'CHAINCODE_ID',
    'CHAINCODE_TLS_KEY_FILE',
    'CHAINCODE_TLS_CERT_FILE',
    'CHAINCODE_TLS_CLIENT_CACERT_FILE',
  ])('does not start without %s', (name) => {
    expect(() => readServerConfiguration({ ...complete, [name]: undefined })).toThrow(name);
    expect(() => readServerConfiguration({ ...complete, [name]: '' })).toThrow(name);
  });

  it('names the variable whose file is missing', () => {
    const absent = join(folder, 'absent');
    expect(() => readServerConfiguration({ ...complete, CHAINCODE_TLS_CERT_FILE: absent })).toThrow(
      'CHAINCODE_TLS_CERT_FILE',
    );
  });

  it.each(['0', '-1', '1.5', 'soon', '1000000'])('refuses a time window of %s', (text) => {
    expect(() => readServerConfiguration({ ...complete, CHAINCODE_TIME_WINDOW_S: text })).toThrow(
      'CHAINCODE_TIME_WINDOW_S',
    );
  });
});
