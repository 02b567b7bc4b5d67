import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSource } from '../sources/bundle-source';
import {
  fixtureBundle,
  fixtureModel,
  fixtureRecord,
  fixtureScheme,
  marked,
  PARAMS,
} from '../testing/fixture-world';
import { LOOPBACK, startServer, type TestServer } from '../testing/https-server';
import { TEST_DETECTOR } from '../testing/test-detector';
import { codeOf } from '../testing/verifier-code';
import { verifyContent } from './verify-content';
import { verifyFile, type VerifyFileOptions } from './verify-file';

const MODEL = fixtureModel();
const CONTENT = marked('cat');
const detectors = [TEST_DETECTOR];

let server: TestServer;
let folder: string;
let uri: string;

/** A bundle without the parameter document, which lies at the test server. */
function bundleText(): string {
  const scheme = fixtureScheme(MODEL, { params_uri: uri });
  return JSON.stringify(
    fixtureBundle({ records: [fixtureRecord('cat', CONTENT, scheme)], models: [MODEL], schemes: [scheme] }),
  );
}

beforeAll(async () => {
  server = await startServer((request, response) => {
    response.end(request.url === '/params' ? JSON.stringify(PARAMS) : CONTENT);
  });
  uri = `https://${LOOPBACK}:${server.port}/params`;
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'verify-file-')));
  writeFileSync(join(folder, 'cat.txt'), CONTENT);
  writeFileSync(join(folder, 'other.txt'), 'another drawing\n');
  writeFileSync(join(folder, 'bundle.json'), bundleText());
  writeFileSync(join(folder, 'params.json'), JSON.stringify(PARAMS, undefined, 2));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);

async function statusOf(name: string, options: VerifyFileOptions): Promise<string> {
  return (await verifyFile(file(name), { detectors, ...options })).status;
}

describe('verifying a file', () => {
  it('needs no network with a bundle and the parameter document', async () => {
    const before = server.connections();
    const offline = { bundle: file('bundle.json'), params: file('params.json') };
    expect(await statusOf('cat.txt', offline)).toBe('VALID');
    expect(await statusOf('other.txt', offline)).toBe('NOT_FOUND');
    expect(await statusOf('cat.txt', { bundle: file('bundle.json') })).toBe('INCONCLUSIVE');
    expect(server.connections()).toBe(before);
  });

  it('fetches the document where that is wanted', async () => {
    const fetch = { ca: server.ca, permittedAddresses: [LOOPBACK] };
    expect(await statusOf('cat.txt', { bundle: file('bundle.json'), fetch })).toBe('VALID');
    const { status, checks } = await verifyFile(file('cat.txt'), {
      detectors,
      bundle: file('bundle.json'),
      fetch: {},
    });
    expect(status).toBe('INCONCLUSIVE');
    expect(checks.find(({ code }) => code === 'definition.unavailable')?.explanation).toContain(
      'not, or not only, on the public internet',
    );
  });

  it('names the file and the bundle, not where they are', async () => {
    const result = await verifyFile(file('cat.txt'), { bundle: file('bundle.json') });
    expect([result.content?.name, result.source.subject]).toEqual(['cat.txt', 'bundle.json']);
    expect(JSON.stringify(result)).not.toContain(folder);
  });

  it('takes a claimed record for content of any hash', async () => {
    const claimed = {
      bundle: file('bundle.json'),
      params: file('params.json'),
      model: MODEL.model_ref,
      contentHash: fixtureRecord('cat', CONTENT, fixtureScheme(MODEL)).content_hash,
    };
    expect(await statusOf('other.txt', claimed)).toBe('INCONCLUSIVE');
    expect(await statusOf('cat.txt', claimed)).toBe('VALID');
  });

  it.each<[code: string, name: string, options: () => VerifyFileOptions]>([
    ['USAGE', 'cat.txt', () => ({})],
    ['USAGE', 'cat.txt', () => ({ bundle: file('bundle.json'), source: bundleSource(bundleText()) })],
    ['USAGE', 'cat.txt', () => ({ bundle: file('bundle.json'), contentHash: MODEL.model_ref })],
    ['FILE_UNREADABLE', 'missing.txt', () => ({ bundle: file('bundle.json') })],
    ['FILE_UNREADABLE', 'cat.txt', () => ({ bundle: file('missing.json') })],
    ['FILE_UNREADABLE', 'cat.txt', () => ({ bundle: file('bundle.json'), params: file('missing.json') })],
    ['FILE_REFUSED', '.', () => ({ bundle: file('bundle.json') })],
    ['BUNDLE_MALFORMED', 'cat.txt', () => ({ bundle: file('cat.txt') })],
  ])('ends with %s for %s', async (code, name, options) => {
    expect(await codeOf(verifyFile(file(name), options()))).toBe(code);
  });
});

describe('verifying content elsewhere', () => {
  const at = (path: string): string => `https://${LOOPBACK}:${server.port}${path}`;
  const options = (): Parameters<typeof verifyContent>[1] => ({
    source: bundleSource(bundleText()),
    detectors,
    fetch: { ca: server.ca, permittedAddresses: [LOOPBACK] },
  });

  it('fetches it, and keeps the query to itself', async () => {
    const result = await verifyContent({ kind: 'url', url: at('/cat.txt?token=secret') }, options());
    expect([result.status, result.content?.name]).toEqual(['VALID', at('/cat.txt')]);
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('takes bytes, and a record alone', async () => {
    const bytes = new Uint8Array(Buffer.from(CONTENT));
    expect((await verifyContent({ kind: 'bytes', bytes }, options())).status).toBe('VALID');
    const record = { modelRef: MODEL.model_ref, contentHash: MODEL.model_ref } as const;
    expect((await verifyContent({ kind: 'record', ...record }, options())).status).toBe('NOT_FOUND');
  });

  it('does not fetch from one’s own network unless told to, nor without TLS', async () => {
    const strict = { source: bundleSource(bundleText()), detectors };
    expect(await codeOf(verifyContent({ kind: 'url', url: at('/cat.txt') }, strict))).toBe('ADDRESS_REFUSED');
    expect(await codeOf(verifyContent({ kind: 'url', url: 'http://docs.example/x' }, strict))).toBe(
      'URI_REFUSED',
    );
    const off = { ...strict, fetch: false } as const;
    expect(await codeOf(verifyContent({ kind: 'url', url: at('/cat.txt') }, off))).toBe('URI_REFUSED');
  });
});
