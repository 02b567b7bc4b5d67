/**
 * Which inputs of a polar code of `length` are most reliable: indices, least reliable first, by polarization weight
 * (R1-1611254; G. He et al., β-expansion, 2017): W(i) = Σ over the set bits j of i of β^j with β = 2^(1/4). One order for
 * every noise level, no table to keep. Ties go by index.
 */
export function polarOrder(length: number): Uint32Array {
  const beta = Math.sqrt(Math.sqrt(2));
  const weights = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    let factor = 1;
    for (let rest = index; rest > 0; rest >>= 1) {
      if ((rest & 1) === 1) weights[index] += factor;
      factor *= beta;
    }
  }
  const order = Uint32Array.from({ length }, (_, index) => index);
  return order.sort((a, b) => weights[a] - weights[b] || a - b);
}
