import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attestationKeyBody, generateAttestationKey, newClaim, signClaim } from '@maker-registry/sdk';
import { verifyFile, type Verification } from '@maker-registry/verifier';
import { DEMO_SCHEME, demoDetector } from '../machine/demo-picture';
import { refusalOf, submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made, type GeneratingStudio, type RecordedPicture } from '../play/story';

export const rotateAndVerify: Step = {
  title: 'The maker rotates its attestation key; the old record still verifies, offline',
  run: async (scene) => {
    const { story } = scene;
    const studio = made(story, 'studios').at(-1);
    const picture = made(story, 'pictures').at(-1);
    if (studio === undefined || picture === undefined) throw new Error('There is no picture');
    await rotate(scene, studio);
    const bundle = await story.registry.read.provenance.bundle(picture.modelRef, picture.contentHash, {
      minHeight: 'own',
    });
    const file = join(story.folder, 'bundle.json');
    writeFileSync(file, JSON.stringify(bundle));
    const params = join(story.folder, 'params.json');
    writeFileSync(params, JSON.stringify(DEMO_SCHEME));
    const verified = await verifyFile(picture.file, { bundle: file, params, detectors: [demoDetector] });
    tell(scene, verified);
    scene.check(
      'VALID: record, scheme, signature under the old key, lineage and watermark agree',
      verified.status === 'VALID',
      verified,
    );
    await swapParams(scene, picture, file);
  },
};

async function rotate(scene: Scene, { owner, modelRef, schemeRef, key }: GeneratingStudio): Promise<void> {
  const body = { ...(await attestationKeyBody(modelRef, generateAttestationKey())), model_ref: modelRef };
  await submit(scene, owner, 'model.rotate', { ...body, reason: 'rotation' });
  const late = await signClaim(newClaim({ modelRef, schemeRef, contentHash: 'ab'.repeat(32) }), key);
  const refused = await refusalOf(
    scene.story.registry.submitIntent('record.register', { records: [late] }, owner.key),
  );
  scene.check('a new record by the old key is refused: INVALID_SIG', refused === 'INVALID_SIG', refused);
}

/** Somebody puts other parameters under the scheme's address: whoever verifies with them must be told. */
async function swapParams(scene: Scene, picture: RecordedPicture, bundle: string): Promise<void> {
  const swapped = join(scene.story.folder, 'swapped-params.json');
  writeFileSync(swapped, JSON.stringify({ ...DEMO_SCHEME, params: { payload_bits: 8, check_bits: 8 } }));
  const verified = await verifyFile(picture.file, { bundle, params: swapped, detectors: [demoDetector] });
  tell(scene, verified);
  scene.check(
    'with a swapped parameter document the verdict is SCHEME_MISMATCH, and nothing else is looked at',
    verified.status === 'SCHEME_MISMATCH' && verified.detection === null,
    verified,
  );
}

function tell(scene: Scene, { status, checks }: Verification): void {
  scene.tell(`verdict ${status}: ${checks.map(({ code }) => code).join(', ')}`);
}
