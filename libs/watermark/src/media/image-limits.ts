/** Bytes of an image file: far above what cameras write for the pixels below. */
export const MAX_IMAGE_BYTES = 256 * 1024 * 1024;
/** Pixels of an image: 8K video stills (33 million) and common cameras; embedding keeps some forty bytes for each. */
export const MAX_IMAGE_PIXELS = 50_000_000;
/** Pixels along one side, from which a shape is a bomb or a mistake; WebP ends here too. */
export const MAX_IMAGE_SIDE = 16_383;
/** Seconds that decoding or encoding of one image may take: AVIF of the largest takes most. */
export const MAX_CODEC_SECONDS = 120;
