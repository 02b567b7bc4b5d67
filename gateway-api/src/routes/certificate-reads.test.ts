import { type CertificateRevocation, ledgerKeys, type LedgerWrite } from '@maker-registry/protocol';
import { MirrorTables } from '../testing/mirror-tables';
import { ReadServer } from '../testing/read-server';
import { certificateReadRoutes } from './certificate-reads';

jest.setTimeout(60_000);

const AKI = 'a1'.repeat(20);
const PLACE = { tx_id: 'ab'.repeat(32), at: 1_800_000_000 };

function put(serial: string, change: Partial<CertificateRevocation> = {}): LedgerWrite {
  const value: CertificateRevocation = {
    msp_id: 'Op1MSP',
    aki: AKI,
    serial,
    state: 'revoked',
    revoked: PLACE,
    version: 1,
    updated: PLACE,
    ...change,
  };
  const { msp_id: mspId } = value;
  return { kind: 'certificate-revocation', id: ledgerKeys['certificate-revocation'](mspId, value), value };
}

let tables: MirrorTables;
let server: ReadServer;

beforeAll(async () => {
  tables = await MirrorTables.start('ab'.repeat(32));
  server = await ReadServer.start(tables.pool, certificateReadRoutes);
  await tables.block([put('01'), put('02', { state: 'held', reason: 'certificateHold' })]);
  await tables.block([put('01', { msp_id: 'Op2MSP', state: 'released', reason: 'certificateHold' })]);
  await tables.block([put('02', { state: 'revoked', reason: 'keyCompromise', version: 2 })]);
});
afterAll(async () => {
  await server.stop();
  await tables.stop();
});

it('answers what an organization says of a certificate now', async () => {
  const answer = await server.get(`/v1/certificates/Op1MSP/${AKI}/02`);
  expect(answer.body).toMatchObject({ serial: '02', state: 'revoked', reason: 'keyCompromise', version: 2 });
  const etag = answer.headers.get('etag') ?? '';
  const again = await server.get(`/v1/certificates/Op1MSP/${AKI}/02`, { 'if-none-match': etag });
  expect(again.status).toBe(304);
});

it.each([
  ['one that nobody revoked', `/v1/certificates/Op1MSP/${AKI}/03`],
  ['what another organization said', `/v1/certificates/Op2MSP/${AKI}/02`],
  ['another CA', `/v1/certificates/Op1MSP/${'b2'.repeat(20)}/01`],
])('knows nothing of %s', async (_what, path) => {
  const answer = await server.get(path);
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ code: 'REVOCATION_UNKNOWN' });
});

it.each([
  `/v1/certificates/Op1MSP/${AKI}/0001`,
  `/v1/certificates/Op1MSP/${AKI.toUpperCase()}/01`,
  '/v1/certificates?state=good',
  '/v1/certificates?reason=removeFromCRL',
])('refuses the malformed %s', async (path) => {
  expect((await server.get(path)).body).toMatchObject({ code: 'SCHEMA_VIOLATION' });
});

it.each([
  ['', ['Op1MSP 01', 'Op1MSP 02', 'Op2MSP 01']],
  ['?msp_id=Op1MSP', ['Op1MSP 01', 'Op1MSP 02']],
  ['?state=released', ['Op2MSP 01']],
  ['?reason=keyCompromise', ['Op1MSP 02']],
  [`?aki=${AKI}&serial=01`, ['Op1MSP 01', 'Op2MSP 01']],
  ['?state=held', []],
])('lists %s', async (query, expected) => {
  const items = await server.all<CertificateRevocation>(`/v1/certificates${query}`);
  expect(items.map(({ msp_id: mspId, serial }) => `${mspId} ${serial}`)).toEqual(expected);
});
