import * as fc from 'fast-check';
import { ZERO_HASH } from '../provenance/attestation';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { lineageSummary, nextHash, parentFound, parentMissing, startWalk, walkLineage } from './lineage';

const RUNS = 100_000;

interface Node {
  readonly content_hash: string;
  readonly parent_hash: string;
}

function hashOf(name: number): string {
  return String(name).padStart(64, 'c');
}

/** A chain of `length` ancestors above record 0. */
function chain(length: number): Node[] {
  return Array.from({ length: length + 1 }, (_, index) => ({
    content_hash: hashOf(index),
    parent_hash: index === length ? ZERO_HASH : hashOf(index + 1),
  }));
}

function walk(nodes: readonly Node[], maxDepth: number, mode: 'permissive' | 'strict' = 'permissive') {
  return walkLineage(nodes[0]!, maxDepth, mode, (hash) => nodes.find((node) => node.content_hash === hash));
}

describe('a lineage', () => {
  it('ends at a record without a parent', () => {
    expect(walk(chain(0), 64).summary).toEqual({ depth: 0, incomplete: false, cycle: false });
    const { ancestors, summary } = walk(chain(3), 64);
    expect(ancestors.map(({ content_hash }) => content_hash)).toEqual([1, 2, 3].map(hashOf));
    expect(summary).toEqual({ depth: 3, incomplete: false, cycle: false });
  });

  it.each([
    [1, 5, 1],
    [4, 5, 4],
    [5, 5, 5],
    [64, 64, 64],
    [64, 200, 64],
    // The ceiling is the protocol's, whatever a policy says.
    [65, 200, 64],
    [1_000_000, 200, 64],
  ])(
    'is bounded: max_depth %i over %i ancestors reads %i, and is not incomplete',
    (maxDepth, length, depth) => {
      for (const mode of ['permissive', 'strict'] as const) {
        expect(walk(chain(length), maxDepth, mode).summary).toEqual({
          depth,
          incomplete: false,
          cycle: false,
        });
      }
    },
  );

  it('does not look beyond its bound, where a parent is missing or met before', () => {
    const missing = chain(3).slice(0, 3);
    expect(walk(missing, 2, 'strict').summary).toEqual({ depth: 2, incomplete: false, cycle: false });
    const loop = [...chain(3).slice(0, 2), { content_hash: hashOf(2), parent_hash: hashOf(0) }];
    expect(walk(loop, 2).summary).toEqual({ depth: 2, incomplete: false, cycle: false });
    expect(walk(loop, 3).summary).toEqual({ depth: 2, incomplete: false, cycle: true });
  });

  it('stops where a content comes again, so that nobody is paid twice by a circle', () => {
    const self = [{ content_hash: hashOf(0), parent_hash: hashOf(0) }];
    expect(walk(self, 1)).toEqual({ ancestors: [], summary: { depth: 0, incomplete: false, cycle: true } });
    const inner = [...chain(3).slice(0, 3), { content_hash: hashOf(3), parent_hash: hashOf(2) }];
    expect(walk(inner, 64).summary).toEqual({ depth: 3, incomplete: false, cycle: true });
    expect(walk(inner, 64, 'strict').summary.cycle).toBe(true);
  });

  it('is incomplete where a parent is missing, and refused in strict mode', () => {
    const missing = chain(3).slice(0, 3);
    expect(walk(missing, 64).summary).toEqual({ depth: 2, incomplete: true, cycle: false });
    expect(codeOf(() => walk(missing, 64, 'strict'))).toBe('PARENT_NOT_FOUND');
    expect(subjectOf(() => parentMissing(hashOf(3), 'strict'))).toBe(hashOf(3));
  });

  it('can be walked one step at a time', () => {
    const start = startWalk(hashOf(0), 1);
    expect(nextHash(start, ZERO_HASH)).toEqual({ kind: 'stop', hash: ZERO_HASH });
    expect(nextHash(start, hashOf(0))).toEqual({ kind: 'cycle', hash: hashOf(0) });
    expect(nextHash(start, hashOf(1))).toEqual({ kind: 'load', hash: hashOf(1) });
    const next = parentFound(start, hashOf(1));
    expect(nextHash(next, hashOf(2))).toEqual({ kind: 'limit', hash: hashOf(2) });
    expect(nextHash(next, ZERO_HASH).kind).toBe('stop');
    expect(start.hashes).toEqual([hashOf(0)]);
    expect(lineageSummary(next, 'missing')).toEqual({ depth: 1, incomplete: true, cycle: false });
  });

  it('holds its rules on any graph', () => {
    // Parent of record i: a record (0–7), nothing (8) or one that is not registered (9).
    const parents = fc.array(fc.nat(9), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(parents, fc.integer({ min: 1, max: 9 }), (links, maxDepth) => {
        const nodes = links.map((link, index) => ({
          content_hash: hashOf(index),
          parent_hash: link === 8 ? ZERO_HASH : hashOf(link),
        }));
        const { ancestors, summary } = walkLineage(nodes[0]!, maxDepth, 'permissive', (hash) =>
          nodes.find((node) => node.content_hash === hash),
        );
        const path = [0];
        while (path.length <= maxDepth && links[path.at(-1)!]! < 8 && !path.includes(links[path.at(-1)!]!)) {
          path.push(links[path.at(-1)!]!);
        }
        const bounded = path.length > maxDepth;
        const end = links[path.at(-1)!]!;
        const expected = {
          depth: path.length - 1,
          incomplete: !bounded && end === 9,
          cycle: !bounded && end < 8,
        };
        if (summary.depth > maxDepth || ancestors.length !== summary.depth) throw new Error('depth');
        if (JSON.stringify(summary) !== JSON.stringify(expected)) throw new Error(JSON.stringify(summary));
        const strict = codeOf(() =>
          walkLineage(nodes[0]!, maxDepth, 'strict', (hash) =>
            nodes.find((node) => node.content_hash === hash),
          ),
        );
        if ((strict === 'PARENT_NOT_FOUND') !== summary.incomplete) throw new Error('strict');
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
});
