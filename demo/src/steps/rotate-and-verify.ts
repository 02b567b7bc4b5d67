import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attestationKeyBody, generateAttestationKey, newClaim, signClaim } from '@maker-registry/sdk';
import { verifyFile, type Verification } from '@maker-registry/verifier';
import { detectorsFor } from '@maker-registry/watermark';
import { repost } from '../machine/image-mark';
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
    writeFileSync(params, JSON.stringify(studio.mark.document));
    const sources = { bundle: file, params, detectors: detectorsFor([studio.mark.key]) };
    const verified = await verifyFile(picture.file, sources);
    tell(scene, verified);
    scene.check(
      'VALID: record, scheme, signature under the old key, lineage and watermark agree',
      verified.status === 'VALID',
      verified,
    );
    const reposted = join(story.folder, 'reposted.jpg');
    await repost(picture.file, reposted);
    const found = await verifyFile(reposted, sources);
    tell(scene, found);
    scene.check(
      'reposted as a JPEG, in which no byte is as it was, its watermark leads to the record: VALID',
      found.status === 'VALID' && found.found_by === 'payload',
      found,
    );
    await swapParams(scene, studio, picture, file);
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
async function swapParams(
  scene: Scene,
  { mark: { document, key } }: GeneratingStudio,
  picture: RecordedPicture,
  bundle: string,
): Promise<void> {
  const swapped = join(scene.story.folder, 'swapped-params.json');
  writeFileSync(swapped, JSON.stringify({ ...document, params: { ...document.params, hypotheses: 1 } }));
  const verified = await verifyFile(picture.file, {
    bundle,
    params: swapped,
    detectors: detectorsFor([key]),
  });
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
