import { join } from 'node:path';
import { askGuard } from '../machine/guarded-command';
import { manufactureTpm, startTpm } from '../machine/tpm-simulator';
import type { Step } from '../play/step';
import { made } from '../play/story';
import { shortId } from '../terminal/format';

export const enrollDevice: Step = {
  title: 'A machine proves its TPM and is enrolled (the TPM is swtpm, a simulator)',
  run: async (scene) => {
    const { story } = scene;
    const folder = join(story.folder, 'tpm');
    await manufactureTpm(folder, join(story.root, '.run', 'tpm-authority'));
    const { tcti } = await startTpm(folder, story.closers);
    scene.tell('a new simulated TPM runs, with an endorsement certificate of this machine’s own authority');
    const state = join(story.folder, 'guard');
    let printed: Readonly<Record<string, unknown>> = {};
    for (const { mspId, url, ca } of made(story, 'keyHolders')) {
      // RSA: the endorsement key whose certificate every TPM maker, and swtpm, puts at the standard place.
      const args = ['enroll', '--operator', mspId, '--trust-first', '--state', state, '--ek', 'rsa'];
      printed = await askGuard(story, args, {
        TPM2TOOLS_TCTI: tcti,
        REGISTRY_GATEWAY: url,
        REGISTRY_CA: ca,
      });
    }
    const deviceId = String(printed['device_id']);
    story.made.device = { tcti, state, deviceId };
    scene.fact('device_id', deviceId);
    scene.check(
      `each operator that holds a share has verified the device ${shortId(deviceId)} by itself`,
      /^[0-9a-f]{64}$/.test(deviceId),
      printed,
    );
  },
};
