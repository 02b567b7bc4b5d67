import { WatermarkError } from '../errors/watermark-error';
import { type WatermarkScheme } from './watermark-scheme';

/** How a scheme marks. @throws WatermarkError SCHEME_NO_EMBEDDER where its marks are made by others */
export function embedderOf(scheme: WatermarkScheme): NonNullable<WatermarkScheme['embed']> {
  if (scheme.embed !== undefined) return scheme.embed;
  throw new WatermarkError(
    'SCHEME_NO_EMBEDDER',
    `Marks of ${scheme.name} are made elsewhere, and only found here.`,
    { subject: 'scheme' },
  );
}
