import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, VERIFICATION_STATUSES } from '@maker-registry/protocol';
import { FIXTURE_CASES, type FixtureOptions } from './testing/fixture-cases';
import { fixtureFiles, verifyFixture } from './testing/verify-fixture';
import { type Verification } from './verification';

const FOLDER = join(__dirname, '..', 'fixtures');

function read(fixture: string, file: string): string {
  return readFileSync(join(FOLDER, fixture, file), 'utf8');
}

async function verifyCommitted(fixture: string): Promise<Verification> {
  const options = JSON.parse(read(fixture, 'options.json')) as FixtureOptions;
  return await verifyFixture(read(fixture, 'content.txt'), read(fixture, 'bundle.json'), options);
}

const RESOLVED = 'version.supported record.found model.found scheme.found';
const DEFINED = `${RESOLVED} definition.match`;
const SIGNED = `${DEFINED} binding.match signature.valid`;

/** Each fixture, its checks in order (`!` marks what fails), what is verified, the confidence, and how it was found. */
const EXPECTED: readonly (readonly [
  fixture: string,
  checks: string,
  verified: string,
  confidence: string | null,
  by: Verification['found_by'],
])[] = [
  [
    'VALID/exact',
    `${SIGNED} lineage.none content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/by-record-key',
    `${SIGNED} lineage.none content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'record-key',
  ],
  [
    'VALID/reencoded',
    `${SIGNED} lineage.none content.differs detection.found`,
    'commitment signature detection binding',
    '0.98',
    'payload',
  ],
  [
    'VALID/reencoded-scheme-given',
    `${SIGNED} lineage.none content.differs detection.found`,
    'commitment signature detection binding',
    '0.98',
    'payload',
  ],
  [
    'VALID/derived',
    `${SIGNED} lineage.found content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/derived-cycle',
    `${SIGNED} lineage.cycle content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/with-context',
    `${SIGNED} lineage.none content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/rotated-key',
    `${SIGNED} lineage.none content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/two-models',
    'version.supported record.found record.ambiguous model.found scheme.found definition.match binding.match signature.valid lineage.none content.match detection.found',
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-key-compromised',
    `${SIGNED} lineage.none content.match detection.found risk.key-compromised`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-scheme-revoked',
    `${SIGNED} lineage.none content.match detection.found risk.scheme-revoked`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-scheme-deprecated',
    `${SIGNED} lineage.none content.match detection.found risk.scheme-deprecated`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-model-disabled',
    `${SIGNED} lineage.none content.match detection.found risk.model-disabled`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-parent-unregistered',
    `${SIGNED} lineage.unregistered content.match detection.found risk.parent-unregistered`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'VALID/risk-backfilled',
    `${SIGNED} signature.cosigned lineage.none content.match detection.found risk.backfilled`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  ['UNSUPPORTED_SCHEMA_VERSION/version-2', 'version.unsupported!', '', null, 'content-hash'],
  ['NOT_FOUND/never-recorded', 'record.missing!', '', null, null],
  ['NOT_FOUND/watermark-without-record', 'record.missing! detection.found-unattributed', '', '0.98', null],
  ['NOT_FOUND/not-of-this-model', 'record.missing!', '', null, null],
  ['NOT_FOUND/record-alone', 'record.missing!', '', null, null],
  [
    'MODEL_UNKNOWN/missing',
    'version.supported record.found model.missing! scheme.found definition.match binding.match signature.not-checked lineage.none content.match detection.found-unattributed',
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'MODEL_UNKNOWN/another-owner',
    'version.supported record.found model.mismatch! scheme.found definition.match binding.match signature.not-checked lineage.none content.match detection.found-unattributed',
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'SCHEME_UNKNOWN/missing',
    'version.supported record.found model.found scheme.missing! definition.not-checked binding.not-checked signature.valid lineage.none content.match detection.not-run',
    'signature',
    null,
    'content-hash',
  ],
  [
    'SCHEME_UNKNOWN/another-name',
    'version.supported record.found model.found scheme.mismatch! definition.not-checked binding.not-checked signature.valid lineage.none content.match detection.not-run',
    'signature',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MISMATCH/params-changed',
    `${RESOLVED} definition.mismatch! verification.stopped`,
    '',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MISMATCH/not-json',
    `${RESOLVED} definition.malformed! verification.stopped`,
    '',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MISMATCH/duplicate-key',
    `${RESOLVED} definition.malformed! verification.stopped`,
    '',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MISMATCH/commitment-changed',
    `${RESOLVED} definition.changed! verification.stopped`,
    '',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MISMATCH/and-bad-signature',
    `${RESOLVED} definition.mismatch! verification.stopped`,
    '',
    null,
    'content-hash',
  ],
  [
    'SCHEME_MODEL_MISMATCH/foreign-scheme',
    `${DEFINED} binding.mismatch! signature.valid lineage.none content.match detection.found-unattributed`,
    'commitment signature detection',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/claim-changed',
    `${DEFINED} binding.match signature.invalid! lineage.none content.match detection.found-unattributed`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/signed-by-later-key',
    `${DEFINED} binding.match signature.invalid! lineage.none content.match detection.found-unattributed`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/unknown-key-version',
    `${DEFINED} binding.match signature.key-unknown! lineage.none content.match detection.found-unattributed`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/signature-cut',
    `${DEFINED} binding.match signature.invalid! lineage.none content.match detection.found-unattributed`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/digest-changed',
    `${DEFINED} binding.match signature.digest-mismatch! lineage.none content.match detection.found-unattributed`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/cosignature-missing',
    `${SIGNED} signature.cosignature-invalid! lineage.none content.match detection.found-unattributed risk.backfilled`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/cosigned-by-itself',
    `${SIGNED} signature.cosignature-invalid! lineage.none content.match detection.found-unattributed risk.backfilled`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/cosignature-forged',
    `${SIGNED} signature.cosignature-invalid! lineage.none content.match detection.found-unattributed risk.backfilled`,
    'commitment detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'INVALID_SIG/params-unavailable',
    `${RESOLVED} definition.unavailable binding.match signature.invalid! lineage.none content.match detection.not-run`,
    'binding',
    null,
    'content-hash',
  ],
  [
    'PARENT_INVALID/own-parent',
    `${SIGNED} lineage.invalid! content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'PARENT_INVALID/model-without-parent',
    `${SIGNED} lineage.invalid! content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'PARENT_NOT_FOUND/strict',
    `${SIGNED} lineage.missing! content.match detection.found`,
    'commitment signature detection binding',
    '0.98',
    'content-hash',
  ],
  [
    'DETECTION_FAILED/no-watermark',
    `${SIGNED} lineage.none content.match detection.failed!`,
    'commitment signature binding',
    '0.01',
    'content-hash',
  ],
  [
    'DETECTION_FAILED/payload-of-another',
    `${SIGNED} lineage.none content.match detection.payload-mismatch!`,
    'commitment signature binding',
    '0.98',
    'content-hash',
  ],
  [
    'DETECTION_FAILED/partial-but-bytes-match',
    `${SIGNED} lineage.none content.match detection.failed!`,
    'commitment signature binding',
    '0.3',
    'content-hash',
  ],
  [
    'INCONCLUSIVE/below-threshold',
    `${SIGNED} lineage.none content.differs detection.below-threshold!`,
    'commitment signature binding',
    '0.01',
    'record-key',
  ],
  [
    'INCONCLUSIVE/undecided',
    `${SIGNED} lineage.none content.match detection.undecided`,
    'commitment signature binding',
    '0.45',
    'content-hash',
  ],
  [
    'INCONCLUSIVE/payload-of-another',
    `${SIGNED} lineage.none content.differs detection.payload-mismatch!`,
    'commitment signature binding',
    '0.98',
    'record-key',
  ],
  [
    'INCONCLUSIVE/short-payload',
    `${SIGNED} lineage.none content.differs detection.unbound`,
    'commitment signature binding',
    '0.98',
    'record-key',
  ],
  [
    'INCONCLUSIVE/no-detector',
    `${SIGNED} lineage.none content.match detection.unsupported`,
    'commitment signature binding',
    null,
    'content-hash',
  ],
  [
    'INCONCLUSIVE/detector-breaks',
    `${SIGNED} lineage.none content.match detection.broken`,
    'commitment signature binding',
    null,
    'content-hash',
  ],
  [
    'INCONCLUSIVE/detector-answers-nonsense',
    `${SIGNED} lineage.none content.match detection.broken`,
    'commitment signature binding',
    null,
    'content-hash',
  ],
  [
    'INCONCLUSIVE/params-unavailable',
    `${RESOLVED} definition.unavailable binding.match signature.valid lineage.none content.match detection.not-run`,
    'signature binding',
    null,
    'content-hash',
  ],
  [
    'INCONCLUSIVE/record-alone',
    `${SIGNED} lineage.none content.absent detection.not-run`,
    'commitment signature binding',
    null,
    'record-key',
  ],
  [
    'TAMPER_SUSPECT/found-in-parts',
    `${SIGNED} lineage.none content.differs detection.partial!`,
    'commitment signature binding',
    '0.3',
    'record-key',
  ],
  [
    'TAMPER_SUSPECT/payload-survives',
    `${SIGNED} lineage.none content.differs detection.partial!`,
    'commitment signature binding',
    '0.48',
    'payload',
  ],
];

describe('the fixtures', () => {
  it.each(EXPECTED)('%s', async (fixture, checks, verified, confidence, by) => {
    const result = await verifyCommitted(fixture);
    const { status, evidence } = result;
    expect(status).toBe(fixture.split('/')[0]);
    expect(
      result.checks.map(({ code, severity }) => code + (severity === 'failure' ? '!' : '')).join(' '),
    ).toBe(checks);
    const proofs = ['commitment', 'signature', 'detection', 'binding'] as const;
    expect(proofs.filter((proof) => evidence[`${proof}_verified`]).join(' ')).toBe(verified);
    expect([evidence.detection_confidence, result.found_by]).toEqual([confidence, by]);
    expect(result.risks.map((risk) => `risk.${risk}`)).toEqual(
      checks.split(' ').filter((code) => code.startsWith('risk.')),
    );
  });

  it.each(EXPECTED.map(([fixture]) => [fixture]))(
    '%s gives the result that is kept with it',
    async (fixture) => {
      const result = JSON.stringify(await verifyCommitted(fixture));
      expect(result).toBe(JSON.stringify(JSON.parse(read(fixture, 'expected.json'))));
    },
  );

  it.each(FIXTURE_CASES.map((fixture) => [`${fixture.status}/${fixture.name}`, fixture] as const))(
    '%s is what its case makes',
    async (folder, fixture) => {
      for (const [name, text] of Object.entries(await fixtureFiles(fixture))) {
        const kept = read(folder, name);
        if (name.endsWith('.json')) expect(JSON.parse(kept)).toEqual(JSON.parse(text));
        else expect(kept).toBe(text);
      }
    },
  );

  it('are all listed here, and show every status and every risk', () => {
    const listed = EXPECTED.map(([fixture]) => fixture).toSorted();
    const folders = VERIFICATION_STATUSES.flatMap((status) =>
      existsSync(join(FOLDER, status))
        ? readdirSync(join(FOLDER, status)).map((name) => `${status}/${name}`)
        : [],
    );
    expect(folders.toSorted()).toEqual(listed);
    expect(new Set(listed.map((fixture) => fixture.split('/')[0]))).toEqual(new Set(VERIFICATION_STATUSES));
    const shown = EXPECTED.map(([, checks]) => checks).join(' ');
    const risks = Object.keys(CHECKS).filter((code) => code.startsWith('risk.'));
    for (const risk of risks) expect(shown).toContain(risk);
  });

  it('have their members in one order, whatever was found', async () => {
    const orders = new Set<string>();
    for (const [fixture] of EXPECTED) {
      const result = await verifyCommitted(fixture);
      orders.add(Object.keys(result).join());
      const evidence = Object.keys(result.evidence).filter((member) => member !== 'context_hash');
      orders.add(evidence.join());
    }
    expect(orders.size).toBe(2);
  });

  it('name what they are about in each check', async () => {
    for (const [fixture] of EXPECTED) {
      for (const { subject, explanation } of (await verifyCommitted(fixture)).checks) {
        expect(subject).toMatch(/^(record|model|scheme|content|detector|parent|https):/);
        expect(explanation).toMatch(/^[A-Z].*\.$/);
      }
    }
  });
});
