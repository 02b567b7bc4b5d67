import { act } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';

export const review: Step = {
  title: 'Reviewers of two operators approve, each signing with its own key',
  run: async (scene) => {
    const operators = scene.story.network.organizations.filter(({ role }) => role === 'operator');
    const [first, second] = operators.map(({ name }) => name);
    if (first === undefined) throw new Error('The network has no operator');
    if (second === undefined) {
      scene.check(
        'the only operator of this network activates it',
        (await approve(scene, first)) === 'active',
      );
      return;
    }
    scene.check('one approval is not enough', (await approve(scene, first)) === 'pending-review');
    scene.check('the same operator twice is not enough', (await approve(scene, first)) === 'pending-review');
    scene.check('a second operator activates it', (await approve(scene, second)) === 'active');
  },
};

/** Approves in the name of an operator's reviewer; gives the artifact's state afterwards. */
async function approve(scene: Scene, organization: string): Promise<string> {
  const artifactId = made(scene.story, 'artifactId');
  const reviewer = { organization, identity: 'reviewer' };
  await act(scene, reviewer, 'review.decide', { artifact_id: artifactId, decision: 'approve' });
  return (await scene.story.registry.read.artifact(artifactId)).state;
}
