import { type Medium } from '../scheme/watermark-scheme';
import { type FileAttack } from './file-attack';
import { AUDIO_ATTACKS } from './audio-attacks';
import { IMAGE_ATTACKS } from './image-attacks';
import { TEXT_ATTACKS } from './text-attacks';
import { VIDEO_ATTACKS } from './video-attacks';
import { WEIGHTS_ATTACKS } from './weights-attacks';

/** Every attack of this package. */
const FILE_ATTACKS: readonly FileAttack[] = [
  ...AUDIO_ATTACKS,
  ...IMAGE_ATTACKS,
  ...TEXT_ATTACKS,
  ...VIDEO_ATTACKS,
  ...WEIGHTS_ATTACKS,
];

/** The attacks on a medium, in the order in which tables show them. */
export function attacksOn(medium: Medium): readonly FileAttack[] {
  return FILE_ATTACKS.filter((attack) => attack.medium === medium);
}
