import {
  BLIND_64_CONTENTS,
  BLIND_CONTENTS,
  FALSE_ALARM_SECONDS,
  PEER_BITS,
  RIVAGAN_CONTENTS,
  RIVAGAN_MAX_PIXELS,
  UNMARKED_SECONDS,
  UNMARKED_SIDE,
} from '../limits';
import { PEER_ATTACKS } from '../measure/plan';

/** What the reader must know of the measurement's own limits. */
export const NOTES: readonly string[] = [
  `The peers carry ${PEER_BITS} bits, as in the published comparison, half of ours, without error correction; blind_watermark gets at most ${BLIND_CONTENTS} pictures, and at most ${BLIND_64_CONTENTS} with 64 bits too; the row of contents says how many it got. They went through ${PEER_ATTACKS.length} of the attacks, those of the published comparison.`,
  `rivaGan gets at most ${RIVAGAN_CONTENTS} pictures, of at most ${RIVAGAN_MAX_PIXELS / 1000} thousand pixels: it is the slowest of all. Its two networks were run by onnxruntime, fed as its own class feeds them.`,
  'audiowmark was not to be had: neither Debian 12 nor the Python and npm indexes carry it under that name, and its sources are in no package. Sound has no peer here.',
  'Sound was laid under the films of the corpus, most of it music of other packages. `video-fourier-audio-v1` marks the same pictures as `video-fourier-v1`, so that their rates for pictures are no two measurements; attacks in time leave the sound out.',
  'Neural marks whose weights must be downloaded (TrustMark, VideoSeal, AudioSeal, WavMark) were not run.',
  `Unmarked pictures are pieces of ${UNMARKED_SIDE} pixels a side, unmarked sounds of ${UNMARKED_SECONDS} seconds, cut from the corpus; looking for nothing stops after ${Object.entries(
    FALSE_ALARM_SECONDS,
  )
    .map(([medium, limit]) => `${limit} s (${medium})`)
    .join(', ')} a run at the latest; a medium without a row was not looked at.`,
  'Quality of sound is the signal-to-noise ratio, whole and by segments of 20 ms between -10 and 80 dB. Listening, and ODG by PEAQ, which would need a licensed reference implementation, were not measured.',
  'Paraphrasing and translation of text, regeneration of pictures by diffusion, and collusion of many marked copies were not measured: they need models or copies that are not here.',
];
