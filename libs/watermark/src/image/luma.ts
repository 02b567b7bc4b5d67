/** BT.601 weights in 1/65536, summing to exactly that: luma of a grey pixel is its value. */
const RED = 19595;
const GREEN = 38470;
const BLUE = 7471;

/** Luma of interleaved 8-bit RGB (BT.601, full range), rounded to the nearest integer. */
export function lumaOf(rgb: Uint8Array): Uint8Array {
  const count = Math.floor(rgb.length / 3);
  const luma = new Uint8Array(count);
  for (let index = 0, at = 0; index < count; index += 1, at += 3) {
    luma[index] = (RED * rgb[at] + GREEN * rgb[at + 1] + BLUE * rgb[at + 2] + 32_768) >> 16;
  }
  return luma;
}
