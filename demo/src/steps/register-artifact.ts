import { rootDigest } from '../machine/root-digest';
import { submit } from '../play/desk';
import type { Step } from '../play/step';
import { made } from '../play/story';
import { shortId } from '../terminal/format';

export const registerArtifact: Step = {
  title: 'The maker registers the model as high risk',
  run: async (scene) => {
    const { story } = scene;
    const digest = await rootDigest(made(story, 'modelFolder'));
    scene.tell(`root digest of the model's files (OpenSSF Model Signing): ${shortId(digest)}`);
    const { result } = await submit(scene, made(story, 'maker'), 'artifact.register', {
      kind: 'model',
      name: `all-minilm-l6-v2-${story.run}`,
      version: '2.0.0',
      root_digest: digest,
      parents: [],
      license_id: made(story, 'licenseId'),
      risk: {
        class: 'high',
        domains: [],
        declaration: 'A sentence encoder, declared as high risk to show the strict path.',
      },
    });
    story.made.artifactId = result.id;
    const artifact = await story.registry.read.artifact(result.id);
    scene.fact('artifact_id', result.id);
    scene.fact('root_digest', digest);
    scene.check('it is pending review, not active', artifact.state === 'pending-review', artifact.state);
  },
};
