import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { MAX_PARAMS_BYTES, sha256Hex } from '@maker-registry/protocol';
import { LOOPBACK, startServer, type TestServer } from '../testing/https-server';
import { codeOf } from '../testing/verifier-code';
import { fetchDocument, type FetchOptions, paramsFetcher } from './fetch-document';
import { parseIpfsUri } from './ipfs-uri';

const BODY = '{"any":"document"}';

/** CIDv1 of raw bytes, written here from its definition. */
function rawCid(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  const bytes = Buffer.concat([Buffer.from([0x01, 0x55, 0x12, 0x20]), digest]);
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return `b${bits
    .padEnd(Math.ceil(bits.length / 5) * 5, '0')
    .match(/.{5}/g)!
    .map((five) => alphabet[Number.parseInt(five, 2)])
    .join('')}`;
}

let server: TestServer;
let folder: string;
let outside: string;
const asked: string[] = [];

beforeAll(async () => {
  server = await startServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(request.url?.includes('large') === true ? 'x'.repeat(MAX_PARAMS_BYTES + 1) : BODY);
  });
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'verifier-files-')));
  [folder, outside] = [join(root, 'in'), join(root, 'in-secret')];
  mkdirSync(join(folder, 'sub'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(folder, 'params.json'), BODY);
  writeFileSync(join(folder, 'sub', 'params.json'), BODY);
  writeFileSync(join(folder, 'large.json'), 'x'.repeat(MAX_PARAMS_BYTES + 1));
  writeFileSync(join(outside, 'secret.json'), 'secret');
  symlinkSync(join(outside, 'secret.json'), join(folder, 'link.json'));
  symlinkSync(outside, join(folder, 'door'));
  symlinkSync(join(folder, 'params.json'), join(folder, 'inner-link.json'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});

afterAll(async () => {
  await server.close();
  rmSync(join(folder, '..'), { recursive: true });
});

function options(changes: FetchOptions = {}): FetchOptions {
  return { ca: server.ca, permittedAddresses: [LOOPBACK], ...changes };
}

const ipfs = (): FetchOptions => options({ ipfsGateway: `https://${LOOPBACK}:${server.port}` });

describe('https', () => {
  it('is bounded to a parameter document unless told otherwise', async () => {
    const at = `https://${LOOPBACK}:${server.port}`;
    expect((await fetchDocument(`${at}/params`, options())).bytes).toHaveLength(BODY.length);
    expect(await codeOf(fetchDocument(`${at}/large`, options()))).toBe('FETCH_TOO_LARGE');
    expect(await codeOf(fetchDocument(`${at}/large`, options({ maxBytes: 100_000 })))).toBe('none');
    expect(await codeOf(paramsFetcher(options({ maxBytes: 100_000 }))(`${at}/large`))).toBe(
      'FETCH_TOO_LARGE',
    );
    expect(await codeOf(fetchDocument(`${at}/params`))).toBe('ADDRESS_REFUSED');
  });
});

describe('ipfs', () => {
  it('is checked where the id is the document’s own hash', async () => {
    const { bytes, note } = await fetchDocument(`ipfs://${rawCid(BODY)}`, ipfs());
    expect([bytes.length, note]).toEqual([BODY.length, undefined]);
    expect(await codeOf(fetchDocument(`ipfs://${rawCid('another document')}`, ipfs()))).toBe(
      'CONTENT_ID_MISMATCH',
    );
  });

  it.each([
    'ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
    'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
    `ipfs://${rawCid(BODY)}/params.json`,
  ])('says where it is not: %s', async (uri) => {
    asked.length = 0;
    expect((await fetchDocument(uri, ipfs())).note).toContain('not checked');
    expect(asked).toEqual([uri.replace('ipfs://', '/ipfs/')]);
  });

  it.each([
    'ipfs://',
    'ipfs:///etc/passwd',
    'ipfs://bafy/../../admin',
    'ipfs://bafy/./x',
    'ipfs://bafy/x/..',
    'ipfs://bafy/%2e%2e/admin',
    'ipfs://bafy?x=1',
    'ipfs://bafy#x',
    'ipfs://bafy@host/x',
    'ipfs://bafy:80/x',
    'ipfs://bafy\\x',
    'ipfs://bafy//x',
    'ipfs://bafy/x\n',
    'ipfs://bäfy',
    `ipfs://${'b'.repeat(129)}`,
  ])('is refused where it could lead elsewhere: %j', async (uri) => {
    expect(await codeOf(fetchDocument(uri, ipfs()))).toBe('URI_REFUSED');
  });

  it('needs a gateway, over https, that is not of one’s own network', async () => {
    const uri = `ipfs://${rawCid(BODY)}`;
    expect(await codeOf(fetchDocument(uri, options()))).toBe('URI_REFUSED');
    expect(await codeOf(fetchDocument(uri, { ipfsGateway: 'http://ipfs.example' }))).toBe('URI_REFUSED');
    expect(await codeOf(fetchDocument(uri, { ipfsGateway: 'not a url' }))).toBe('URI_REFUSED');
    expect(await codeOf(fetchDocument(uri, { ipfsGateway: 'https://127.0.0.1' }))).toBe('ADDRESS_REFUSED');
  });

  it('reads the hash of raw SHA-256 ids only', () => {
    const cid = rawCid(BODY);
    expect(parseIpfsUri(`ipfs://${cid}`).sha256).toBe(sha256Hex(BODY));
    for (const other of [cid.toUpperCase(), cid.slice(0, -1), `${cid}a`, `b${'a'.repeat(58)}`, 'bafy0189']) {
      expect(parseIpfsUri(`ipfs://${other}`).sha256).toBeUndefined();
    }
  });
});

describe('files', () => {
  const uri = (...path: string[]): string => pathToFileURL(join(folder, ...path)).href;
  const read = (address: string): Promise<string> => codeOf(fetchDocument(address, { filesUnder: folder }));

  it('are read below the folder that the caller permits', async () => {
    expect(await read(uri('params.json'))).toBe('none');
    expect(await read(uri('sub', 'params.json'))).toBe('none');
    expect(await read(uri('inner-link.json'))).toBe('none');
  });

  it('are refused when no folder is permitted', async () => {
    expect(await codeOf(fetchDocument(uri('params.json')))).toBe('URI_REFUSED');
  });

  it.each<[what: string, address: () => string]>([
    ['outside', () => pathToFileURL(join(outside, 'secret.json')).href],
    ['above', () => `${pathToFileURL(folder).href}/../in-secret/secret.json`],
    ['above, encoded', () => `${pathToFileURL(folder).href}/%2e%2e/in-secret/secret.json`],
    ['above, with an encoded slash', () => `${pathToFileURL(folder).href}/..%2fin-secret/secret.json`],
    ['a link out', () => uri('link.json')],
    ['through a link out', () => uri('door', 'secret.json')],
    ['missing', () => uri('missing.json')],
    ['the folder itself', () => pathToFileURL(folder).href],
    ['a folder', () => uri('sub')],
    ['a pipe', () => uri('pipe')],
    ['a device', () => 'file:///dev/zero'],
    ['another host', () => 'file://server/share/x'],
    ['a zero byte', () => `${pathToFileURL(folder).href}/params.json%00`],
    ['no path', () => 'file:params.json'],
  ])('are refused: %s', async (_what, address) => {
    expect(await read(address())).toBe('FILE_REFUSED');
  });

  it('are bounded', async () => {
    expect(await read(uri('large.json'))).toBe('CONTENT_TOO_LARGE');
  });
});
