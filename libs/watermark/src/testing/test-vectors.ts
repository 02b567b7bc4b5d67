import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf, schemeOf } from '../scheme/scheme-table';

/** Where the published vectors lie: one folder for each medium. The path is the same from src and from dist. */
export const VECTORS_FOLDER = join(__dirname, '..', '..', 'vectors');

/** One published case: this content under this document and key gives this evidence, on every machine. */
export interface TestVector {
  /** What the case shows, in words. */
  readonly description: string;
  /** The ready-made document, a file of `schemes/`, that `document` was copied from. */
  readonly scheme: string;
  readonly document: unknown;
  /** Hex. Published, so worthless outside of tests. */
  readonly key: string;
  /** File beside the vector. */
  readonly content: string;
  /** How the content was made of another one, where it was: a mark, and an attack of `attacksOn`. */
  readonly made?: { readonly from: string; readonly payload: string; readonly attack?: string };
  readonly content_sha256: string;
  /** A Detection, or the code of the error with which the content is refused. */
  readonly evidence: unknown;
}

export interface NamedVector {
  /** `medium/name`. */
  readonly name: string;
  readonly folder: string;
  readonly vector: TestVector;
}

/** All vectors, by name. Throws where a file is no JSON. */
export function readVectors(folder = VECTORS_FOLDER): NamedVector[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => vectorsIn(join(folder, name), name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function vectorsIn(folder: string, medium: string): NamedVector[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const value = JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown;
      // Content may be JSON as well, such as token ids; a vector says what evidence it gives.
      if (!isVector(value)) return [];
      return [{ name: `${medium}/${file.slice(0, -'.json'.length)}`, folder, vector: value }];
    });
}

function isVector(value: unknown): value is TestVector {
  return (
    typeof value === 'object' && value !== null && 'scheme' in value && 'content' in value && 'key' in value
  );
}

/** Canonical JSON of what the detector says of a vector's content: a Detection, or `{"error": code}`. */
export async function vectorEvidence({ folder, vector }: NamedVector): Promise<string> {
  const path = join(folder, vector.content);
  try {
    const document = schemeDocumentOf(vector.document);
    const key = new WatermarkKey(Buffer.from(vector.key, 'hex'));
    return canonicalize(await schemeOf(document).detect({ document, key, content: { path } }));
  } catch (error) {
    if (error instanceof WatermarkError) return canonicalize({ error: error.code });
    throw error;
  }
}

export function contentDigest({ folder, vector }: NamedVector): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, vector.content)))
    .digest('hex');
}
