import { transcodeMedia } from '../media/media-transcode';
import { type AttackGroup, type FileAttack } from './file-attack';

/** Re-encoding that costs little beside what the attack itself does. */
const FINE = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p'];
/** What a service that re-encodes does. */
const h264 = (rate: number): string[] => [
  ...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(rate), '-pix_fmt', 'yuv420p'],
];
const filtered = (filter: string): string[] => ['-vf', filter, ...FINE];

/** Even sizes, which 4:2:0 needs. */
const even = (side: string, factor: number): string => `trunc(${side}*${factor}/2)*2`;
const cropped = (side: number): string => `crop=${even('iw', side)}:${even('ih', side)}`;
const resized = (side: number): string => `scale=${even('iw', side)}:${even('ih', side)}:flags=bicubic`;

/** Corners moved inwards by a share of half the picture, two opposite sides unlike: a screen filmed from the side. */
function perspective(strength: number): string {
  const near = strength / 8;
  const far = strength / 4;
  const corners = [
    `${near}*W:${far}*H`,
    `W-${far}*W:${near}*H`,
    `${far}*W:H-${near}*H`,
    `W-${near}*W:H-${far}*H`,
  ];
  return `perspective=${corners.join(':')}:sense=destination`;
}

/** Two pictures in the place of one, and one in the place of two: `every` pictures long. */
const NEW_TIMES = 'setpts=N/(FRAME_RATE*TB)';

const ATTACKS: readonly (readonly [string, AttackGroup, readonly string[]])[] = [
  ['none', 'none', ['-c', 'copy']],
  ['h264-crf-23', 'compression', h264(23)],
  ['h264-crf-30', 'compression', h264(30)],
  ['h264-crf-40', 'compression', h264(40)],
  ['h264-crf-50', 'compression', h264(50)],
  [
    'h265-crf-30',
    'compression',
    ['-c:v', 'libx265', '-preset', 'fast', '-crf', '30', '-x265-params', 'log-level=none'],
  ],
  [
    'vp9-crf-40',
    'compression',
    ['-c:v', 'libvpx-vp9', '-crf', '40', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '6'],
  ],
  ['resize-0.55', 'geometric', filtered(resized(0.55))],
  ['resize-0.71', 'geometric', filtered(resized(0.71))],
  ['height-480', 'geometric', ['-vf', 'scale=-2:480:flags=bicubic', ...h264(23)]],
  ['crop-0.55', 'geometric', filtered(cropped(0.55))],
  ['crop-0.71', 'geometric', filtered(cropped(0.71))],
  ['rotate-10', 'geometric', filtered('rotate=10*PI/180')],
  ['rotate-90', 'geometric', filtered('transpose=1')],
  ['perspective-0.5', 'geometric', filtered(perspective(0.5))],
  ['hflip', 'geometric', filtered('hflip')],
  ['brightness-1.2', 'valuemetric', filtered("lutyuv=y='clip(val*1.2,0,255)'")],
  ['noise-10', 'valuemetric', filtered('noise=alls=10:allf=t:all_seed=1')],
  ['blur-1', 'valuemetric', filtered('gblur=sigma=1')],
  ['drop-every-second', 'temporal', ['-vf', 'select=not(mod(n\\,2))', '-fps_mode', 'vfr', ...FINE]],
  ['duplicate-frames', 'temporal', ['-vf', `fps=2*source_fps,${NEW_TIMES}`, ...FINE]],
  ['fps-24-to-30', 'temporal', ['-vf', 'fps=24,fps=30', ...FINE]],
  ['speed-1.25', 'temporal', ['-vf', 'setpts=PTS/1.25', '-an', ...FINE]],
  ['cut-first-second', 'temporal', ['-vf', 'trim=start=1,setpts=PTS-STARTPTS', '-an', ...FINE]],
  ['height-480-crf-30', 'combined', ['-vf', 'scale=-2:480:flags=bicubic', ...h264(30)]],
  ['crop-0.71-crf-30', 'combined', ['-vf', cropped(0.71), ...h264(30)]],
];

/** What happens to video: OmniSeal Bench's names and parameters where it has them, and the list of issue D. */
export const VIDEO_ATTACKS: readonly FileAttack[] = ATTACKS.map(([name, group, encoding]) => ({
  name,
  medium: 'video',
  group,
  apply: (input, output, signal) =>
    transcodeMedia(input, output, ['-map', '0:v:0', '-map', '0:a:0?', ...encoding], signal),
}));
