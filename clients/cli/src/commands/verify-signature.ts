import { fromHex, verifyDigestSignature } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';

/** The verdict in words; `reason` is never empty, so that a script can show it. */
interface SignatureAnswer {
  readonly valid: boolean;
  readonly reason: string;
}

export const verifySignatureCommand: CliCommand = {
  name: 'verify signature',
  summary: 'Check a model’s signature over a digest.',
  help: `registry verify signature --alg ed25519|bip340|es256 --key HEX --digest HEX --sig HEX

Prints {"valid","reason"}. A signature that does not hold is an answer, not an error: the exit code is 0, also for text that
is not hex, a wrong length or another algorithm. HEX may be in capitals, as published vectors are. reason is then algorithm,
key-form, digest-form, digest-length, signature-form, signature-length, weak-key or mismatch. Needs no gateway. A file named
signature is checked with: registry verify ./signature

Example: registry verify signature --alg ed25519 --key $KEY --digest $DIGEST --sig $SIGNATURE`,
  options: { alg: 'text', key: 'text', digest: 'text', sig: 'text' },
  run: ({ given }) => {
    const alg = required(given, 'alg');
    const [key = '', digest = '', signature = ''] = ['key', 'digest', 'sig'].map((name) =>
      required(given, name).toLowerCase(),
    );
    return Promise.resolve(verify(alg, key, digest, signature));
  },
};

function verify(alg: string, publicKey: string, digestHex: string, signatureHex: string): SignatureAnswer {
  const digest = bytesOf(digestHex);
  if (digest === undefined) return { valid: false, reason: 'digest-form' };
  const signature = bytesOf(signatureHex);
  if (signature === undefined) return { valid: false, reason: 'signature-form' };
  const verdict = verifyDigestSignature({ alg, publicKey, digest, signature });
  return verdict.valid ? { valid: true, reason: 'verified' } : verdict;
}

function bytesOf(hex: string): Uint8Array | undefined {
  try {
    return fromHex(hex);
  } catch {
    return undefined;
  }
}
