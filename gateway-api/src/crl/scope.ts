import { shardOf } from '@maker-registry/pki';

/** Which certificates of a CA a CRL speaks of: all, or those of one shard. */
export type CrlScope =
  { readonly name: 'full' } | { readonly name: string; readonly shard: number; readonly of: number };

export const FULL: CrlScope = { name: 'full' };

export function shardScope(shard: number, of: number): CrlScope {
  return { name: `shard-${shard}-of-${of}`, shard, of };
}

/** The scopes of one CA. The list of all certificates is always among them: certificates without a shard's URL need it. */
export function scopesOf(shards: number): readonly CrlScope[] {
  if (shards === 1) return [FULL];
  return [FULL, ...Array.from({ length: shards }, (_, shard) => shardScope(shard, shards))];
}

export function isInScope(serial: string, scope: CrlScope): boolean {
  return !('shard' in scope) || shardOf(serial, scope.of) === scope.shard;
}

/**
 * Where a CRL is published. A shard's address says how many shards there are: after a change of their number the lists at
 * the old addresses must not be taken for those that the certificates name.
 *
 * @param base absolute address of /v1/crl
 */
export function crlUrl(base: string, authority: string, scope: CrlScope, kind: 'base' | 'delta'): string {
  const shard = 'shard' in scope ? `&shard=${scope.shard}&shards=${scope.of}` : '';
  return `${base}?authority=${authority}${shard}${kind === 'delta' ? '&delta=true' : ''}`;
}
