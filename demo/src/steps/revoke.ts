import { EXIT_CODES } from '@maker-registry/guard';
import { STOP_LIMIT_MS } from '../limits';
import { eventsNamed } from '../machine/json-lines';
import { refusalOf, submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';

const REASON = 'maker-request';

export const revoke: Step = {
  title: 'The maker revokes the model; the running process stops',
  run: async (scene) => {
    const { story } = scene;
    const artifactId = made(story, 'artifactId');
    const serving = made(story, 'serving');
    const started = performance.now();
    const stopped = serving.ended.then((code) => ({ code, ms: performance.now() - started }));
    await submit(scene, made(story, 'maker'), 'artifact.revoke', {
      artifact_id: artifactId,
      kind: 'revoke',
      reason_code: REASON,
      note: 'End of the demonstration',
    });
    const committedMs = performance.now() - started;
    const { code, ms } = await stopped;
    scene.fact('stopped_ms_after_sending', Math.round(ms));
    scene.fact('stopped_ms_after_commit', Math.round(ms - committedMs));
    scene.fact('answers', eventsNamed(serving.lines(), 'heartbeat').length);
    const stopping = eventsNamed(serving.lines(), 'stopping')[0];
    scene.tell(`the guard: ${String(stopping?.['code'])}, ${String(stopping?.['message'])}`);
    scene.highlight(`From sending the revocation to the end of the process: ${Math.round(ms)} ms.`);
    scene.check(
      `the process is gone ${Math.round(ms)} ms after the revocation was sent`,
      ms <= STOP_LIMIT_MS,
      ms,
    );
    scene.check('the guard says why it ended: exit code 121, revoked', code === EXIT_CODES.revoked, code);
    await checkAfterwards(scene, artifactId);
  },
};

async function checkAfterwards(scene: Scene, artifactId: string): Promise<void> {
  const { story } = scene;
  const artifact = await story.registry.read.artifact(artifactId);
  scene.check('the artifact is revoked on the ledger', artifact.state === 'revoked', artifact.state);
  const buyer = made(story, 'secondBuyer').key;
  const { deviceId } = made(story, 'device');
  const code = await refusalOf(
    story.registry.trust.requestToken(buyer, made(story, 'rightId'), { deviceId }),
  );
  scene.fact('token_code', code);
  scene.check('no new token is issued for it', code !== undefined, code);
}
