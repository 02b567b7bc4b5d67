import { submit } from '../play/desk';
import type { Step } from '../play/step';
import { made } from '../play/story';

/** The maker's share of each resale, in basis points. */
export const RESALE_ROYALTY_BPS = 500;

export const defineLicense: Step = {
  title: 'The maker defines a license: resale allowed, 5 % to the maker',
  run: async (scene) => {
    const { story } = scene;
    const { result } = await submit(scene, made(story, 'maker'), 'license.define', {
      name: `Deployment with resale ${story.run}`,
      terms: {
        actions: ['execute', 'resell'],
        purposes: ['deployment'],
        limits: { max_devices: 1 },
        transfer: { resale: true, gift: true, bequest: true },
        resale_royalty_bps: RESALE_ROYALTY_BPS,
        obligations: ['attribution'],
      },
    });
    story.made.licenseId = result.id;
    scene.fact('license_id', result.id);
  },
};
