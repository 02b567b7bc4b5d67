import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of one test file; `remove` takes all of it away. */
export function sampleFolder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'watermark-test-'));
  return {
    path: (name) => join(folder, name),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets ffmpeg make a file of its own test sources: `makeMedia(path, '-f lavfi -i testsrc=size=64x48:rate=10:duration=1')`. */
export function makeMedia(path: string, ffmpegArguments: string): void {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...ffmpegArguments.split(' '), path], {
    stdio: 'pipe',
  });
}
