import { randomBytes } from 'node:crypto';
import { type OutputMark } from '@maker-registry/guard';
import { attacksOn, committedTo, readyMadeSchemes, WatermarkKey } from '@maker-registry/watermark';

const KEY_BYTES = 32;
const POSTING = 'jpeg-75';

/** The ready-made image scheme, committed to a key that nobody else has. */
export async function newImageMark(schemeId: string): Promise<OutputMark> {
  const readyMade = (await readyMadeSchemes()).find(({ scheme }) => scheme.medium === 'image');
  if (readyMade === undefined) throw new Error('There is no ready-made scheme for images');
  const { document, scheme } = readyMade;
  const key = new WatermarkKey(randomBytes(KEY_BYTES));
  return { document: committedTo(document, schemeId, key), scheme, key };
}

/** What posting a picture somewhere does to it: JPEG of quality 75, in which no byte is as it was. */
export async function repost(picture: string, output: string): Promise<void> {
  const jpeg = attacksOn('image').find(({ name }) => name === POSTING);
  if (jpeg === undefined) throw new Error(`There is no attack ${POSTING}`);
  await jpeg.apply(picture, output);
}
