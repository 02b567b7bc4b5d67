import { execFile } from 'node:child_process';

export interface VideoQuality {
  /** dB of luma, averaged over frames by mean square error. */
  readonly psnr: number;
  /** Of luma, mean over frames; ffmpeg's windows of 8 × 8. */
  readonly ssim: number;
}

/** How far a marked film is from the original, by ffmpeg's own filters. */
export async function videoQuality(original: string, marked: string): Promise<VideoQuality> {
  const graph = '[0:v]split[a][b];[1:v]split[c][d];[a][c]psnr;[b][d]ssim';
  const args = ['-v', 'info', '-nostats', '-i', marked, '-i', original, '-lavfi', graph, '-f', 'null', '-'];
  const said = await new Promise<string>((done, failed) => {
    execFile('ffmpeg', args, { maxBuffer: 1 << 24 }, (error, _, stderr) => {
      if (error === null) done(stderr);
      else failed(new Error('The films cannot be compared.', { cause: error }));
    });
  });
  return { psnr: figure(said, /PSNR y:([0-9.]+|inf)/), ssim: figure(said, /SSIM Y:([0-9.]+)/) };
}

function figure(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error('ffmpeg gave no figure of quality.');
  return found === 'inf' ? Infinity : Number(found);
}
