/** Rounds of the search for the multiplier: each halves the interval. */
const ROUNDS = 24;

/**
 * How far the amplitudes of each band change in one frame: as wanted while their energy is allowed, else no band spends
 * more than all others that are cut: change · √energy is at most one value, found by bisection.
 *
 * @param energies of the bands, in any one unit
 * @param allowed energy of the whole change, in the same unit
 * @param wanted factor − 1 of each band's amplitudes
 */
export function changePlan(energies: Float64Array, allowed: number, wanted: Float64Array): Float64Array {
  let low = 0;
  let high = 0;
  for (let band = 0; band < energies.length; band += 1) {
    high = Math.max(high, Math.abs(wanted[band]) * Math.sqrt(energies[band]));
  }
  if (spent(energies, high, wanted) <= allowed) return wanted.slice();
  for (let round = 0; round < ROUNDS; round += 1) {
    const middle = (low + high) / 2;
    if (spent(energies, middle, wanted) <= allowed) low = middle;
    else high = middle;
  }
  return wanted.map((change, band) => held(change, Math.sqrt(energies[band]), low));
}

function held(change: number, amplitude: number, limit: number): number {
  if (Math.abs(change) * amplitude <= limit) return change;
  return change > 0 ? limit / amplitude : -limit / amplitude;
}

function spent(energies: Float64Array, limit: number, wanted: Float64Array): number {
  let sum = 0;
  for (let band = 0; band < energies.length; band += 1) {
    const change = held(wanted[band], Math.sqrt(energies[band]), limit);
    sum += energies[band] * change * change;
  }
  return sum;
}
