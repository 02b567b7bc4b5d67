import { EXIT_CODES } from '@maker-registry/guard';
import { eventsNamed } from '../machine/json-lines';
import { runGuard } from '../machine/guarded-command';
import type { Scene } from '../play/step';
import { made } from '../play/story';
import { embedCommand, guardedRun } from './guarded-run';

/** The seller still has a token that has not expired. It must be worth nothing. */
export async function checkOldToken(scene: Scene): Promise<void> {
  const { story } = scene;
  const by = { token: made(story, 'firstToken') };
  const args = guardedRun(story, made(story, 'firstBuyer'), by, embedCommand(story));
  const { code, stderr, stdout } = await runGuard(story, args);
  const refused = eventsNamed(stderr.split('\n'), 'refused')[0];
  scene.fact('old_token', refused);
  scene.tell(`guard run with the seller's token: ${String(refused?.['message'])}`);
  const isRefused = code === EXIT_CODES.refused && refused?.['code'] === 'TOKEN_SUPERSEDED';
  scene.check("the seller's old token is refused: TOKEN_SUPERSEDED", isRefused, refused ?? stderr);
  scene.check('and the model did not run', stdout === '', stdout);
}
