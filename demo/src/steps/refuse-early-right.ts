import { refusalOf, submit } from '../play/desk';
import type { Step } from '../play/step';
import { made } from '../play/story';
import { rightBody } from './issue-right';

export const refuseEarlyRight: Step = {
  title: 'A right before the review is refused',
  run: async (scene) => {
    const { story } = scene;
    const code = await refusalOf(submit(scene, made(story, 'maker'), 'right.issue', rightBody(story)));
    scene.fact('code', code);
    scene.check('the ledger refuses it: ARTIFACT_NOT_ACTIVE', code === 'ARTIFACT_NOT_ACTIVE', code);
  },
};
