import { quietly, untrustedInput } from './ffmpeg';
import { mediaFormatOfFile } from './media-format';
import { MEDIA_LIMITS } from './media-limits';
import { ProgramRun } from './program-run';
import { writeReplaced } from './replaced-file';

/**
 * Encodes a file anew with ffmpeg's own arguments for filters and encoders, which come from our tables and never from
 * outside; what is re-encoded may come from outside.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED, MEDIA_UNREADABLE, TOOL_MISSING, ABORTED; nothing is written then
 */
export async function transcodeMedia(
  input: string,
  output: string,
  encoderArguments: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const format = await mediaFormatOfFile(input);
  await writeReplaced(output, async (temporary) => {
    const run = new ProgramRun(
      'ffmpeg',
      [
        '-y',
        ...quietly(),
        ...untrustedInput(input, format, MEDIA_LIMITS.maxPixels),
        ...encoderArguments,
        `file:${temporary}`,
      ],
      { signal },
    );
    await run.finishedWithoutOutput();
  });
}
