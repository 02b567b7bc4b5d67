/** Bits of thisUpdate below the ledger's height: Unix seconds fit until 2106. */
const TIME_BITS = 32n;

/**
 * The number of the next CRL of a scope: the ledger's height, then the time. Both grow, so numbers go on growing even if
 * every record of earlier CRLs is lost; with the record they grow even if the clock went back (RFC 5280 §5.2.3 demands
 * that they do, and that full and delta CRLs share them).
 *
 * @param height of the ledger state that the CRL says
 * @param thisUpdate Unix seconds
 * @param last number of the CRL before
 */
export function nextCrlNumber(height: number, thisUpdate: number, last: bigint | undefined): bigint {
  const number = (BigInt(height) << TIME_BITS) + BigInt(thisUpdate);
  return last === undefined || number > last ? number : last + 1n;
}
