import { join } from 'node:path';
import { GUARDED_RUN_MS } from '../limits';
import { eventsNamed } from '../machine/json-lines';
import { startGuard } from '../machine/guarded-command';
import { until } from '../machine/until';
import type { Step } from '../play/step';
import { made } from '../play/story';
import { embedCommand, guardedRun } from './guarded-run';

/** Answers to wait for before the process counts as running. */
const ANSWERS = 3;

export const serve: Step = {
  title: 'The second buyer runs the model as a service under the guard',
  run: async (scene) => {
    const { story } = scene;
    const log = join(story.folder, 'serve.log');
    const buyer = made(story, 'secondBuyer');
    const by = { right: made(story, 'rightId') };
    const serving = startGuard(story, guardedRun(story, buyer, by, embedCommand(story, ['--serve'])), log);
    story.made.serving = serving;
    const gone = serving.ended.then((code) => {
      throw new Error(
        `The guard ended early with code ${code ?? 'none'}:\n${serving.lines().slice(-6).join('\n')}`,
      );
    });
    // Once it runs, its end is the next step's matter.
    gone.catch(() => undefined);
    const answers = () => eventsNamed(serving.lines(), 'heartbeat');
    await Promise.race([
      gone,
      until('the first answers of the service', GUARDED_RUN_MS, () =>
        answers().length >= ANSWERS ? true : undefined,
      ),
    ]);
    scene.fact('guard_pid', serving.pid);
    const count = answers().length;
    scene.check(
      `it answers once a second: ${count} answers so far, guard is process ${serving.pid}`,
      count >= ANSWERS,
    );
  },
};
