import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerCipher, sealChunk } from './container/chunks';
import { type ContainerHeader, encodeContainerHeader } from './container/header';
import { containerChunk, containerLayout } from './container/layout';
import { type Revocation } from './domain/revocation';
import { concatBytes, fromHex, toHex } from './encoding/bytes';
import { sha256Hex } from './encoding/hash';
import {
  actorId,
  artifactId,
  contentKeyCommitment,
  deviceId,
  keyId,
  licenseId,
  proposalId,
  rightId,
} from './identifiers';
import { type Envelope, verifyEnvelope } from './intents/envelope';
import { buildIntent, openIntent } from './intents/intent';
import { type Intent } from './domain/intent-bodies';
import { revocationHash } from './rules/revocation-chain';

interface RegistryVectors {
  readonly public_key: string;
  readonly actor_id: string;
  readonly keyid: string;
  readonly artifact: { readonly name: string; readonly version: string; readonly artifact_id: string };
  readonly license: { readonly terms: unknown; readonly license_id: string };
  readonly intent: {
    readonly value: Intent<'license.define'>;
    readonly payload: string;
    readonly intent_id: string;
    readonly envelope: Envelope;
  };
  readonly right_id: string;
  readonly proposal: { readonly value: unknown; readonly proposal_id: string };
  readonly device: { readonly ek_public_area: string; readonly device_id: string };
  readonly revocation: { readonly entry: Revocation; readonly hash: string };
  readonly container: {
    readonly content_key: string;
    readonly commitment: string;
    readonly header: ContainerHeader;
    readonly header_hash: string;
    readonly chunk_key: string;
    readonly file_size: number;
    readonly file_sha256: string;
  };
}

const file = join(__dirname, '..', 'vectors', 'registry.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as RegistryVectors;

describe('the published vectors, made by an independent program', () => {
  it('give the same identifiers', () => {
    const { public_key, artifact, license, device, proposal, intent } = vectors;
    expect(actorId('ed25519', public_key)).toBe(vectors.actor_id);
    expect(keyId('ed25519', public_key)).toBe(vectors.keyid);
    expect(artifactId(vectors.actor_id, artifact.name, artifact.version)).toBe(artifact.artifact_id);
    expect(licenseId(vectors.actor_id, license.terms)).toBe(license.license_id);
    expect(rightId(intent.intent_id)).toBe(vectors.right_id);
    expect(proposalId(proposal.value)).toBe(proposal.proposal_id);
    expect(deviceId(fromHex(device.ek_public_area))).toBe(device.device_id);
    expect(revocationHash(vectors.revocation.entry)).toBe(vectors.revocation.hash);
  });

  it('give the same intent', () => {
    const { value, payload, envelope, intent_id } = vectors.intent;
    expect(Buffer.from(buildIntent(value)).toString('utf8')).toBe(payload);
    expect(openIntent(envelope)).toMatchObject({ intentId: intent_id, intent: value });
    const key = { keyid: vectors.keyid, alg: 'ed25519' as const, publicKey: vectors.public_key };
    expect(() => {
      verifyEnvelope(envelope, [key]);
    }).not.toThrow();
  });

  it('give the same container', () => {
    const { header, content_key, commitment, chunk_key, header_hash, file_size, file_sha256 } =
      vectors.container;
    const contentKey = fromHex(content_key);
    expect(contentKeyCommitment(header.artifact_id, contentKey)).toBe(commitment);
    const cipher = containerCipher(header, contentKey);
    expect(toHex(cipher.headerHash)).toBe(header_hash);
    expect(toHex(cipher.chunkKey)).toBe(chunk_key);
    const plaintext = Uint8Array.from({ length: header.plaintext_size }, (_, i) => (7 * i) % 256);
    const body = containerLayout(header).segments.flatMap((segment) =>
      segment.encrypted
        ? Array.from({ length: segment.chunks }, (_, nth) => {
            const chunk = containerChunk(cipher.layout, segment.firstChunk + nth);
            return sealChunk(cipher, chunk, plaintext.subarray(chunk.plainStart, chunk.plainEnd));
          })
        : [plaintext.subarray(segment.plainStart, segment.plainEnd)],
    );
    const container = concatBytes(encodeContainerHeader(header), ...body);
    expect(container).toHaveLength(file_size);
    expect(sha256Hex(container)).toBe(file_sha256);
  });
});
