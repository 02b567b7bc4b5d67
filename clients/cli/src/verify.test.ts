import { readFileSync } from 'node:fs';
import {
  modelReference,
  parseEnvelope,
  readVerificationStatement,
  type RecordClaim,
  recordAttestation,
  schemeCommitment,
  schemeReference,
  sha256Hex,
  verifyEnvelope,
} from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { NETWORK, TestGateway } from './testing/gateway';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const OWNER = 'ee'.repeat(32);
const MODEL = modelReference(OWNER, 'painter');
const SCHEME = schemeReference(MODEL, 'dct-v1');
const STAMP = { tx_id: '0'.repeat(64), at: 1_790_000_000 };
const PARAMS = {
  scheme_id: 'dct-v1',
  detector_spec: { name: 'dct', version: '1.0.0', output: 'bits' },
  params: { step: 24 },
  key_commitment: OWNER,
  compatibility: { media_types: ['image/png'], preprocessing: 'none' },
};
const COMMITMENT = schemeCommitment({ ref_type: 0, ref_bytes: MODEL }, 'dct-v1', PARAMS);
const EMPTY = {
  ...{ format: 'maker-registry-bundle/v1', network: NETWORK, height: 7 },
  ...{ records: [], models: [], schemes: [], policies: [], content_index: {} },
};

let work: Workplace;
let keys = 0;

beforeEach(() => {
  work = new Workplace();
  work.file('picture.png', 'pixels');
  work.file('empty.json', EMPTY);
});
afterEach(() => {
  work.remove();
});

const verify = (...given: string[]): Promise<RegistryRun> => run('verify', work.at('picture.png'), ...given);

/** What the ledger says of a picture. */
interface Facts {
  readonly record: object;
  readonly model: object;
  readonly scheme: object;
  readonly contentHash: string;
}

/** A record of the picture, signed by a key made here, or changed after that. */
async function facts(change: Partial<RecordClaim> = {}, ...options: string[]): Promise<Facts> {
  const key = `model-${keys++}.key`;
  const publicKey = await work.modelKey(key);
  const given = ['--model', MODEL, '--scheme', SCHEME, '--attestation-key', work.at(key)];
  const signed = await run('record', 'sign', work.at('picture.png'), ...given, ...options);
  const claim = { ...(signed.out as unknown as RecordClaim), ...change };
  const record = {
    ...{ ...claim, payload_digest: recordAttestation(claim).digest, key_version: 1 },
    ...{ scheme_commitment: COMMITMENT, recorder: OWNER, annotations: [], recorded: STAMP },
  };
  const model = {
    ...{ model_ref: MODEL, owner: OWNER, model_id: 'painter', model_version: '1', risk_class: 'low' },
    keys: [{ version: 1, alg: 'ed25519', public_key: publicKey, status: 'current', since: STAMP }],
    flags: { updatable: true, frozen: false, disabled: false },
    ...{ recorders: [], version: 1, registered: STAMP, updated: STAMP },
  };
  const scheme = {
    ...{ scheme_ref: SCHEME, model_ref: MODEL, scheme_id: 'dct-v1', params_uri: 'https://example.org/p' },
    ...{ params_size: 300, scheme_commitment: COMMITMENT, detector: { name: 'dct', version: '1.0.0' } },
    ...{ status: 'active', version: 1, registered: STAMP, updated: STAMP },
  };
  return { record, model, scheme, contentHash: claim.content_hash };
}

/** A bundle with such a record. */
async function bundle(change: Partial<RecordClaim> = {}, ...options: string[]): Promise<string> {
  const { record, model, scheme, contentHash } = await facts(change, ...options);
  return work.file('bundle.json', {
    ...{ ...EMPTY, records: [record], models: [model], schemes: [scheme] },
    ...{ content_index: { [contentHash]: MODEL }, params: { [COMMITMENT]: PARAMS } },
  });
}

/** A module with a detector that finds what it is told to. */
function detectorFile(
  text = "exports.detector = { name: 'dct', version: '1.0.0', detect: () => OUTCOME };",
): string {
  const outcome = JSON.stringify({ decision: 'detected', confidence: '1' });
  return work.file('detector.cjs', text.replace('OUTCOME', `(${outcome})`));
}

const codesOf = ({ checks }: Record<string, unknown>): string[] =>
  (checks as readonly { readonly code: string }[]).map(({ code }) => code);

describe('registry verify', () => {
  it('finds the record of a file in a bundle, without any gateway', async () => {
    const { out, stderr } = await verify('--bundle', await bundle());
    expect(stderr).toBe('');
    expect(out).toMatchObject({
      ...{ format: 'maker-registry-verification/v1', found_by: 'content-hash' },
      content: { name: 'picture.png', sha256: sha256Hex(Buffer.from('pixels')) },
      evidence: { signature_verified: true, commitment_verified: true },
    });
  });

  it('ends with 1 unless the finding is VALID', async () => {
    const { code, out } = await verify('--bundle', await bundle(), '--detector', detectorFile());
    expect([code, out['status']]).toEqual([0, 'VALID']);
    expect(out['detection']).toMatchObject({ name: 'dct', version: '1.0.0' });
    const blind = await verify('--bundle', await bundle());
    expect([blind.code, blind.out['status']]).toEqual([1, 'INCONCLUSIVE']);
    const forged = await verify('--bundle', await bundle({ nonce: OWNER }));
    expect([forged.code, forged.out['status'], forged.stderr]).toEqual([1, 'INVALID_SIG', '']);
    const unknown = await verify('--bundle', work.at('empty.json'));
    expect([unknown.code, unknown.out['status']]).toEqual([1, 'NOT_FOUND']);
  });

  it('looks only at records of a model where one is named', async () => {
    const { out } = await verify('--bundle', await bundle(), '--model', OWNER);
    expect(out['status']).toBe('NOT_FOUND');
  });

  it('compares a changed file with the record of a content hash', async () => {
    const recorded = ['--bundle', await bundle(), '--model', MODEL];
    work.file('picture.png', 'other pixels');
    expect((await verify(...recorded)).out['status']).toBe('NOT_FOUND');
    const { out } = await verify(...recorded, '--content', sha256Hex(Buffer.from('pixels')));
    expect(out).toMatchObject({ status: 'INCONCLUSIVE', found_by: 'record-key' });
    expect(codesOf(out)).toContain('content.differs');
    expect((await verify(...recorded, '--content', OWNER)).out['status']).toBe('NOT_FOUND');
  });

  it('asks for a registered parent only where it is told to, with a bundle', async () => {
    const orphan = ['--bundle', await bundle({}, '--parent', OWNER), '--detector', detectorFile()];
    expect((await verify(...orphan)).out['status']).toBe('VALID');
    expect((await verify(...orphan, '--parents', 'permissive')).out['status']).toBe('VALID');
    const strict = await verify(...orphan, '--parents', 'strict');
    expect([strict.code, strict.out['status']]).toEqual([1, 'PARENT_NOT_FOUND']);
  });

  it('writes the finding for people and for settlements', async () => {
    const actor = await work.actor('me.json');
    const given = ['--html', work.at('finding.html'), '--report', work.at('report.json'), '--note', 'Seen.'];
    const { out } = await verify('--bundle', await bundle(), ...given, '--actor-key', work.at('me.json'));
    expect(readFileSync(work.at('finding.html'), 'utf8')).toMatch(/<html/i);
    const envelope = parseEnvelope(readFileSync(work.at('report.json'), 'utf8').trim());
    expect(readVerificationStatement(envelope)).toMatchObject({
      ...{ model_ref: MODEL, verifier: actor, status: out['status'], note: 'Seen.' },
    });
    const { signer } = await readActorKeyFile(work.at('me.json'));
    const shown = await run('keys', 'show', '--key', work.at('me.json'));
    verifyEnvelope(envelope, [
      { keyid: String(shown.out['keyid']), alg: signer.alg, publicKey: signer.publicKey },
    ]);
  });

  it('asks a gateway otherwise', async () => {
    const gateway = await TestGateway.start();
    try {
      gateway.list('/v1/records', []);
      gateway.list('/v1/schemes', []);
      const { code, out } = await verify(...gateway.options);
      expect([code, out['status']]).toEqual([1, 'NOT_FOUND']);
      expect(out['source']).toMatchObject({ kind: 'gateway', network: NETWORK });
    } finally {
      await gateway.close();
    }
  });

  describe('with the parents’ rule of the network', () => {
    let gateway: TestGateway;
    let asked: string[];
    beforeAll(async () => {
      gateway = await TestGateway.start();
    });
    beforeEach(async () => {
      gateway.reset();
      const { record, model, scheme } = await facts({}, '--parent', OWNER);
      gateway.documents.set(`/v1/models/${MODEL}`, model);
      gateway.documents.set(`/v1/schemes/${SCHEME}`, scheme);
      work.file('params.json', PARAMS);
      asked = ['--params', work.at('params.json'), '--detector', detectorFile(), ...gateway.options];
      // The record’s content is found; nobody registered its parent’s.
      gateway.documents.set('/v1/records', (query) => ({
        items: query.get('content_hash') === OWNER ? [] : [record],
      }));
    });
    afterAll(async () => {
      await gateway.close();
    });

    it.each([
      ['strict', { provenance: { parents: 'strict' } }, 'PARENT_NOT_FOUND'],
      ['permissive', { provenance: { parents: 'permissive' } }, 'VALID'],
      ['the default', {}, 'VALID'],
      ['a word nobody knows', { provenance: { parents: 'lax' } }, 'VALID'],
    ])('follows a network that says %s', async (_what, parameters, status) => {
      gateway.documents.set('/v1/parameters', parameters);
      const { out, stderr } = await verify(...asked);
      expect([out['status'], stderr]).toEqual([status, '']);
    });

    it('does not ask where the rule is given', async () => {
      const { out, stderr } = await verify(...asked, '--parents', 'strict');
      expect([out['status'], stderr]).toEqual(['PARENT_NOT_FOUND', '']);
    });

    it('says that it could not ask, and is permissive then', async () => {
      const { out, error } = await verify(...asked);
      expect(out['status']).toBe('VALID');
      expect(error).toMatchObject({ event: 'parents-unknown', parents: 'permissive', code: 'NOT_FOUND' });
    });
  });

  it.each([
    ['neither bundle nor gateway', [], 'USAGE'],
    ['two files', ['other.png'], 'USAGE'],
    ['a content hash without a model', ['--bundle', 'FILE:empty.json', '--content', OWNER], 'USAGE'],
    ['another rule for parents', ['--bundle', 'FILE:empty.json', '--parents', 'lax'], 'USAGE'],
    ['another language', ['--bundle', 'FILE:empty.json', '--locale', 'fr'], 'USAGE'],
    ['a report that nobody signs', ['--bundle', 'FILE:empty.json', '--report', 'r.json'], 'USAGE'],
    ['a bundle that is none', ['--bundle', 'FILE:picture.png'], 'BUNDLE_MALFORMED'],
    ['a bundle that is not there', ['--bundle', 'FILE:none.json'], 'FILE_UNREADABLE'],
    [
      'parameters that are not there',
      ['--bundle', 'FILE:empty.json', '--params', 'FILE:none'],
      'FILE_UNREADABLE',
    ],
    [
      'a page over another file',
      ['--bundle', 'FILE:empty.json', '--html', 'FILE:picture.png'],
      'FILE_EXISTS',
    ],
    [
      'a report about nothing',
      ['--bundle', 'FILE:empty.json', '--report', 'FILE:r.json', '--actor-key', 'FILE:me.json'],
      'NOTHING_TO_REPORT',
    ],
  ])('refuses %s', async (_what, given, expected) => {
    await work.actor('me.json');
    const { code, error, stdout } = await verify(
      ...given.map((arg) => arg.replace(/^FILE:/, `${work.folder}/`)),
    );
    expect([error['code'], code, stdout]).toEqual([expected, 1, '']);
    expect(error['action']).toMatch(/[.]$/);
  });

  it.each([
    ['is not there', undefined, 'FILE_UNREADABLE'],
    ['does not parse', 'exports.detector = {', 'FILE_UNREADABLE'],
    ['exports nothing', '', 'USAGE'],
    ['exports something else', "exports.detector = { name: 'dct', version: '1.0.0' };", 'USAGE'],
  ])('refuses a detector that %s', async (_what, text, expected) => {
    const file = text === undefined ? work.at('none.cjs') : detectorFile(text);
    const { code, error } = await verify('--bundle', work.at('empty.json'), '--detector', file);
    expect([code, error['code'], error['subject']]).toEqual([1, expected, file]);
  });

  it('takes the word signature for its other command, and ./signature for a file', async () => {
    expect((await run('verify', 'signature')).error).toMatchObject({ code: 'USAGE', subject: 'alg' });
    const { error } = await run('verify', './signature', '--bundle', work.at('empty.json'));
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', subject: './signature' });
  });
});
