import fc from 'fast-check';
import { fromHex, toHex } from '../encoding/bytes';
import { merkleLeaf, merklePath, merkleRoot, rootOfPath } from './merkle-tree';

/** The leaves of the worked example that Certificate Transparency logs test with, and its published roots. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = LEAVES.map((hex) => merkleLeaf(fromHex(hex)));

describe('the Merkle tree of RFC 6962', () => {
  it('has the published roots', () => {
    expect(ROOTS.map((_root, index) => toHex(merkleRoot(leaves.slice(0, index + 1))))).toEqual(ROOTS);
  });

  it('of no leaf is the hash of nothing', () => {
    expect(toHex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('leads from every leaf of every size to its root, and from nowhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, at, other) => {
        const all = Array.from({ length: size }, (_one, index) => merkleLeaf(String(index)));
        const index = at % size;
        const leaf = all[index]!;
        const root = toHex(merkleRoot(all));
        const path = merklePath(all, index);
        const reached = (place: { index: number; size: number }, hash = leaf, steps = path): string =>
          toHex(rootOfPath(hash, place, steps) ?? new Uint8Array());
        expect(reached({ index, size })).toBe(root);
        expect(reached({ index, size }, merkleLeaf('stranger'))).not.toBe(root);
        expect(reached({ index, size }, leaf, [...path, leaf])).toBe('');
        expect(reached({ index, size }, leaf, path.slice(1)) === root).toBe(path.length === 0);
        const wrong = other % size;
        expect(reached({ index: wrong, size }) === root).toBe(wrong === index);
      }),
    );
  });

  it.each([-1, 8, 1.5])('has no leaf %s of 8', (index) => {
    expect(() => merklePath(leaves, index)).toThrow(RangeError);
  });

  it.each([
    [-1, 8],
    [8, 8],
    [0, 0],
  ])('leads from no place %s of %s', (index, size) => {
    expect(rootOfPath(merkleLeaf('x'), { index, size }, [])).toBeUndefined();
  });
});
