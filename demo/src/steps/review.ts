import { act } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';

export const review: Step = {
  title: 'Reviewers of two operators approve, each signing with its own key',
  run: async (scene) => {
    scene.check('one approval is not enough', (await approve(scene, 'op1')) === 'pending-review');
    scene.check('the same operator twice is not enough', (await approve(scene, 'op1')) === 'pending-review');
    scene.check('a second operator activates it', (await approve(scene, 'op2')) === 'active');
  },
};

/** Approves in the name of an operator's reviewer; gives the artifact's state afterwards. */
async function approve(scene: Scene, organization: string): Promise<string> {
  const { story } = scene;
  const artifactId = made(story, 'artifactId');
  const reviewer = { organization, identity: 'reviewer' };
  await act(scene, reviewer, 'review.decide', { artifact_id: artifactId, decision: 'approve' });
  return (await story.registry.read.artifact(artifactId)).state;
}
