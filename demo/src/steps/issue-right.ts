import type { LedgerIntentBodies } from '@maker-registry/protocol';
import { submit } from '../play/desk';
import type { Step } from '../play/step';
import { made, type Story } from '../play/story';

export const issueRight: Step = {
  title: 'The maker issues a right to the first buyer',
  run: async (scene) => {
    const { story } = scene;
    const { result } = await submit(scene, made(story, 'maker'), 'right.issue', rightBody(story));
    story.made.rightId = result.id;
    const right = await story.registry.read.right(result.id);
    scene.fact('right_id', result.id);
    scene.check('the first buyer holds it, version 1', isFirst(story, right), right);
  },
};

function isFirst(story: Story, right: { readonly holder: string; readonly version: number }): boolean {
  return right.holder === made(story, 'firstBuyer').key.actorId && right.version === 1;
}

/** Execution and resale for deployment, to the first buyer, for 100 euro. */
export function rightBody(story: Story): LedgerIntentBodies['right.issue'] {
  return {
    artifact_id: made(story, 'artifactId'),
    license_id: made(story, 'licenseId'),
    holder: made(story, 'firstBuyer').key.actorId,
    actions: ['execute', 'resell'],
    purpose: 'deployment',
    limits: { max_devices: 1 },
    price: { amount: '10000', currency: 'EUR' },
  };
}
