import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { organization, runningNetwork } from '@maker-registry/testbed';
import { registry } from './support/commands';
import { freshName } from './support/world';
import { paramsDocument } from './support/studio';

const network = runningNetwork();

/** A detector as a person would install it: it knows the payload of the test's picture from its first bytes. */
const DETECTOR = `
exports.detector = {
  name: 'test-detector',
  version: '1.0.0',
  detect: (content) =>
    Buffer.from(content.subarray(0, 4)).toString('latin1') === 'MARK'
      ? { decision: 'detected', payload: Buffer.from(content.subarray(4, 12)).toString('hex'), payload_bits: 64, confidence: '1' }
      : { decision: 'not-detected', confidence: '0' },
};
`;

describe('a studio’s day on the command line', () => {
  let folder: string;
  let studio: string;
  let model: string;
  let scheme: string;
  let picture: string;
  let derived: string;
  let settlement: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'registry-day-'));
    writeFileSync(at('params.json'), JSON.stringify(paramsDocument()));
    writeFileSync(at('detector.cjs'), DETECTOR);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);

  /** Runs a command that must succeed; gives what it prints. */
  async function ok(...words: readonly string[]): Promise<Record<string, unknown>> {
    const { code, json, stderr } = await registry(network, ...words);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return json;
  }
  const resultId = (printed: Record<string, unknown>): string => (printed['result'] as { id: string }).id;

  /** A picture whose mark is the beginning of the nonce that its claim will have. */
  function paint(name: string): { nonce: string; hash: string } {
    const nonce = randomBytes(32).toString('hex');
    const bytes = Buffer.concat([
      Buffer.from('MARK'),
      Buffer.from(nonce.slice(0, 16), 'hex'),
      randomBytes(64),
    ]);
    writeFileSync(at(name), bytes);
    return { nonce, hash: createHash('sha256').update(bytes).digest('hex') };
  }

  async function record(name: string, nonce: string, ...more: readonly string[]): Promise<void> {
    const given = [
      '--model',
      model,
      '--scheme',
      scheme,
      '--attestation-key',
      at('model.key.json'),
      '--nonce',
      nonce,
    ];
    const claim = await ok('record', 'sign', at(name), ...given, ...more);
    writeFileSync(at(`${name}.claim.json`), JSON.stringify(claim));
    await ok('record', 'register', at(`${name}.claim.json`), '--actor-key', at('studio.json'));
  }

  it('registers an actor, a model with its key, and a scheme', async () => {
    studio = String((await ok('keys', 'generate', '--out', at('studio.json')))['actor_id']);
    await ok('actor', 'register', '--actor-key', at('studio.json'));
    await ok('keys', 'generate', '--attestation', '--alg', 'es256', '--out', at('model.key.json'));
    const key = ['--attestation-key', at('model.key.json'), '--actor-key', at('studio.json')];
    const id = freshName('painter');
    model = resultId(
      await ok('model', 'register', '--id', id, '--version', '1', '--risk-class', 'low', ...key),
    );
    writeFileSync(at('id.json'), JSON.stringify({ actor_id: studio, model_id: id }));
    expect(await ok('encode', 'id', '--kind', 'model', '--in', at('id.json'))).toEqual({ id: model });
    const params = ['--params', at('params.json'), '--params-uri', 'https://schemes.example/v1.json'];
    scheme = resultId(
      await ok('scheme', 'register', '--model', model, ...params, '--actor-key', at('studio.json')),
    );
  });

  it('records a picture and a derivative, with policies', async () => {
    const root = paint('picture.bin');
    picture = root.hash;
    await record('picture.bin', root.nonce);
    const child = paint('poster.bin');
    derived = child.hash;
    await record('poster.bin', child.nonce, '--parent', picture);
    const terms = {
      license_terms: { commercial: true },
      royalty_terms: {
        beneficiaries: [studio],
        shares_bps: [10_000],
        derivative_royalty_bps: 500,
        max_depth: 8,
      },
    };
    writeFileSync(at('terms.json'), JSON.stringify(terms));
    for (const content of [picture, derived]) {
      const given = ['--model', model, '--content', content, '--terms', at('terms.json')];
      const license = ['--license-uri', 'https://licenses.example/by.txt'];
      await ok('policy', 'set', ...given, ...license, '--actor-key', at('studio.json'));
    }
    const lineage = await ok('record', 'lineage', '--model', model, '--content', derived);
    expect(lineage).toMatchObject({ depth: 1, incomplete: false });
  });

  it('settles a sale and recomputes it', async () => {
    const given = ['--model', model, '--content', derived, '--amount', '10000', '--currency', 'EUR'];
    const ref = ['--ref', freshName('invoice'), '--max-claims-bps', '500'];
    settlement = resultId(await ok('settle', ...given, ...ref, '--actor-key', at('studio.json')));
    expect(await ok('settle', 'replay', settlement)).toEqual({
      settlement_id: settlement,
      agrees: true,
      differences: [],
    });
    const refused = await registry(
      ...([network, 'settle', ...given, '--ref', freshName('invoice'), '--max-claims-bps', '499'] as const),
      ...['--actor-key', at('studio.json')],
    );
    expect([refused.code, (JSON.parse(refused.stderr) as { code: string }).code]).toEqual([
      1,
      'CLAIMS_EXCEEDED',
    ]);
  });

  it('withdraws, and a payout desk writes the bank’s file and reports', async () => {
    const credits = await ok(
      'vault',
      'credits',
      '--beneficiary',
      studio,
      '--currency',
      'EUR',
      '--state',
      'open',
    );
    expect(JSON.stringify(credits)).toContain(settlement);
    mkdirSync(at('instructions'));
    const instruction = {
      beneficiary: studio,
      name: 'Pat Painter',
      iban: 'DE89370400440532013000',
      salt: 'ab'.repeat(32),
    };
    writeFileSync(at('instructions/studio.json'), JSON.stringify(instruction));
    const order = ['--amount', '9000', '--instruction', at('instructions/studio.json'), '--currency', 'EUR'];
    const withdrawal = resultId(await ok('vault', 'withdraw', ...order, '--actor-key', at('studio.json')));
    writeFileSync(
      at('debtor.json'),
      JSON.stringify({ name: 'Desk', iban: 'FR1420041010050500013M02606', bic: 'PSSTFRPPXXX' }),
    );
    const paths = ['--out', at('pay.xml'), '--table', at('table.json')];
    const batch = ['--debtor', at('debtor.json'), '--message-id', 'OP1-1', '--on', '2030-01-01'];
    await ok('payout', 'export', '--instructions', at('instructions'), ...batch, ...paths);
    expect(readFileSync(at('pay.xml'), 'utf8')).toContain('<InstdAmt Ccy="EUR">90.00</InstdAmt>');
    writeFileSync(at('receipt.xml'), '<receipt/>');
    const { admin } = organization(network, 'op1').identities;
    const desk = ['--identity-cert', network.path(admin!.cert), '--identity-key', network.path(admin!.key!)];
    const report = ['--withdrawal', withdrawal, '--status', 'sent', '--evidence', at('receipt.xml')];
    await ok('payout', 'report', ...report, '--msp', admin!.msp_id, ...desk);
  });

  it('verifies the file at the gateway, offline with a bundle, and as changed', async () => {
    const detector = ['--detector', at('detector.cjs')];
    const params = ['--params', at('params.json')];
    const online = await ok('verify', at('poster.bin'), ...params, ...detector, '--html', at('finding.html'));
    expect(online).toMatchObject({ status: 'VALID', refs: { model_ref: model, scheme_ref: scheme } });
    expect(readFileSync(at('finding.html'), 'utf8')).toContain('<html lang="en"');
    const bundle = ['--model', model, '--content', derived, ...params, '--out', at('bundle.json')];
    await ok('bundle', 'export', ...bundle);
    const offline = await ok('verify', at('poster.bin'), '--bundle', at('bundle.json'), ...detector);
    expect(offline).toMatchObject({ status: 'VALID', evidence: online['evidence'] });

    // Re-encoded: other bytes, the watermark still there. It leads to the record.
    const changed = Buffer.concat([readFileSync(at('poster.bin')), Buffer.from('re-encoded')]);
    writeFileSync(at('changed.bin'), changed);
    const found = await registry(
      network,
      'verify',
      at('changed.bin'),
      ...params,
      ...detector,
      '--model',
      model,
    );
    expect(found.json).toMatchObject({ found_by: 'payload', anchors: { content_hash: derived } });
    const without = await registry(network, 'verify', at('poster.bin'), ...params);
    expect([without.code, without.json['status']]).toEqual([1, 'INCONCLUSIVE']);
  });
});
