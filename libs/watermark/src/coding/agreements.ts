/**
 * How many hard decisions (at these places, or all) agree with a code word: what every p-value of a payload counts. A positive
 * soft value speaks for 0, a negative one for 1; zero, and what is no number, agrees with nothing.
 */
export function agreements(soft: Float64Array, word: Uint8Array, places?: readonly number[]): number {
  const count = places?.length ?? soft.length;
  let matches = 0;
  for (let at = 0; at < count; at += 1) {
    const index = places?.[at] ?? at;
    if (word[index] === 0 ? soft[index] > 0 : soft[index] < 0) matches += 1;
  }
  return matches;
}
