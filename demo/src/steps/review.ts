import { act } from '../play/desk';
import type { Narrator, Step } from '../play/step';
import { made, type Story } from '../play/story';

export const review: Step = {
  title: 'Reviewers of two operators approve, each signing with its own key',
  run: async (story, narrator) => {
    narrator.check('one approval is not enough', (await approve(story, narrator, 'op1')) === 'pending-review');
    narrator.check('the same operator twice is not enough', (await approve(story, narrator, 'op1')) === 'pending-review');
    narrator.check('a second operator activates it', (await approve(story, narrator, 'op2')) === 'active');
  },
};

/** Approves in the name of an operator's reviewer; gives the artifact's state afterwards. */
async function approve(story: Story, narrator: Narrator, organization: string): Promise<string> {
  const artifactId = made(story, 'artifactId');
  const reviewer = { organization, identity: 'reviewer' };
  await act(story, narrator, reviewer, 'review.decide', { artifact_id: artifactId, decision: 'approve' });
  return (await story.registry.artifact(artifactId)).state;
}
