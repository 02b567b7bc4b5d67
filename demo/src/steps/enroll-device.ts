import { join } from 'node:path';
import { askGuard } from '../machine/guarded-command';
import { manufactureTpm, startTpm } from '../machine/tpm-simulator';
import type { Step } from '../play/step';
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
    const operator = story.network.organizations.find(({ role }) => role === 'operator')?.msp_id ?? '';
    // RSA: the endorsement key whose certificate every TPM maker, and swtpm, puts at the standard place.
    const args = ['enroll', '--operator', operator, '--trust-first', '--state', state, '--ek', 'rsa'];
    const printed = await askGuard(story, args, { TPM2TOOLS_TCTI: tcti });
    const deviceId = String(printed['device_id']);
    story.made.device = { tcti, state, deviceId };
    scene.fact('device_id', deviceId);
    scene.check(
      `the gateway knows the device ${shortId(deviceId)}`,
      /^[0-9a-f]{64}$/.test(deviceId),
      printed,
    );
  },
};
