import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RoyaltyTerms } from '@maker-registry/protocol';
import { watermarkOutput } from '@maker-registry/guard';
import { newClaim, policyBody, signClaim } from '@maker-registry/sdk';
import { painting } from '../machine/painting';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made, type GeneratingStudio, type RecordedPicture } from '../play/story';

/** What each maker claims of payments for derivatives, basis points. */
const ROYALTY_BPS = 1_000;

export const recordLineage: Step = {
  title: 'A picture, a derivative, and a derivative of the derivative are recorded',
  run: async (scene) => {
    const { story } = scene;
    const pictures: RecordedPicture[] = [];
    for (const studio of made(story, 'studios')) {
      pictures.push(await recordPicture(scene, studio, pictures.at(-1)));
    }
    story.made.pictures = pictures;
    const last = pictures.at(-1);
    if (last === undefined) throw new Error('There is no picture');
    const { modelRef, contentHash } = last;
    const lineage = await story.registry.read.provenance.lineage(
      modelRef,
      contentHash,
      {},
      { minHeight: 'own' },
    );
    scene.fact('lineage', lineage);
    scene.check(
      'the last one’s lineage leads through both others, made by three models',
      lineage.depth === 2 &&
        !lineage.incomplete &&
        new Set(lineage.items.map((item) => item.model_ref)).size === 2,
      lineage,
    );
  },
};

async function recordPicture(
  scene: Scene,
  { owner, key, modelRef, schemeRef, mark }: GeneratingStudio,
  parent: RecordedPicture | undefined,
): Promise<RecordedPicture> {
  const { folder, run } = scene.story;
  const unmarked = join(folder, `${owner.name}-unmarked.png`);
  writeFileSync(unmarked, painting(`${run} ${owner.name}`));
  const file = join(folder, `${owner.name}.png`);
  // The nonce is drawn before embedding: the signature covers what the watermark carries.
  const { nonce, content_hash: contentHash } = await watermarkOutput(mark, unmarked, file);
  const subject = { modelRef, schemeRef, contentHash, nonce };
  const claim = await signClaim(
    newClaim(parent === undefined ? subject : { ...subject, parentHash: parent.contentHash }),
    key,
  );
  await submit(scene, owner, 'record.register', { records: [claim] });
  await submit(
    scene,
    owner,
    'policy.set',
    policyBody(claim, {
      rightsOwner: owner.key.actorId,
      licenseUri: 'https://licenses.example/demo.txt',
      licenseTerms: { derivatives: 'with royalty' },
      royaltyTerms: termsOf(owner.key.actorId),
    }),
  );
  return { file, modelRef, contentHash };
}

function termsOf(owner: string): RoyaltyTerms {
  return { beneficiaries: [owner], shares_bps: [10_000], derivative_royalty_bps: ROYALTY_BPS, max_depth: 8 };
}
