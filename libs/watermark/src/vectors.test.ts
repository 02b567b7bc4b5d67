import { canonicalize } from '@maker-registry/protocol';
import { contentDigest, readVectors, vectorEvidence } from './testing/test-vectors';

/** Long media are decoded by another program, which a busy machine keeps waiting. */
jest.setTimeout(120_000);

const vectors = readVectors();

describe('published vectors: content, document and key give this evidence', () => {
  it('has vectors with and without a mark', () => {
    const decisions = vectors.map(({ vector }) => (vector.evidence as { decision?: string }).decision);
    expect(decisions).toContain('detected');
    expect(decisions).toContain('not-detected');
  });

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_name, named) => {
    expect(contentDigest(named)).toBe(named.vector.content_sha256);
    expect(await vectorEvidence(named)).toBe(canonicalize(named.vector.evidence));
  });
});
