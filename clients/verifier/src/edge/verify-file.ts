import { basename } from 'node:path';
import { MAX_PARAMS_BYTES, type RecordKey } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { type Detector } from '../detector';
import { MAX_BUNDLE_BYTES } from '../limits';
import { type RecordSource } from '../record-source';
import { bundleSource } from '../sources/bundle-source';
import { type Verification } from '../verification';
import { type FetchOptions } from './fetch-document';
import { type GatewayClient, gatewaySource } from './gateway-source';
import { readBounded } from './read-file';
import { verifyContent } from './verify-content';

/** What `registry verify` takes. Exactly one of `bundle`, `gateway` and `source` says where facts come from. */
export interface VerifyFileOptions {
  /** Path of an exported bundle. */
  readonly bundle?: string;
  /** A gateway and its address, as results name it; a RegistryClient fits. */
  readonly gateway?: { readonly client: GatewayClient; readonly address: string };
  readonly source?: RecordSource;
  /** model_ref, hex: only records of this model. */
  readonly model?: string;
  /** With `model`: the content hash of the record that the file is said to be of, whatever became of its bytes. */
  readonly contentHash?: string;
  /** scheme_ref, hex: the scheme to look for first where the content's hash is not registered. */
  readonly scheme?: string;
  /** Path of the parameter document. */
  readonly params?: string;
  readonly detectors?: readonly Detector[];
  /** How parameter documents are fetched; `false` for not at all, which is the default with a bundle. */
  readonly fetch?: FetchOptions | false;
  readonly parents?: 'permissive' | 'strict';
  /** Unix seconds; this machine's clock by default. */
  readonly at?: number;
}

/**
 * Verifies a file. A refusal to vouch is a status of the result, never an error.
 *
 * @throws ClientError USAGE, FILE_UNREADABLE, or of the gateway; VerifierError; RegistryError of the gateway
 */
export async function verifyFile(path: string, options: VerifyFileOptions): Promise<Verification> {
  const { model, scheme, params, bundle, detectors, parents, at } = options;
  const claimed = claimedRecord(options);
  const source = await sourceOf(options);
  return await verifyContent(
    { kind: 'file', path },
    {
      source,
      fetch: options.fetch ?? (bundle === undefined ? {} : false),
      ...(model === undefined ? {} : { modelRef: model }),
      ...(claimed === undefined ? {} : { claimed }),
      ...(scheme === undefined ? {} : { schemeRef: scheme }),
      ...(params === undefined ? {} : { params: await readBounded(params, MAX_PARAMS_BYTES) }),
      ...(detectors === undefined ? {} : { detectors }),
      ...(parents === undefined ? {} : { parents }),
      ...(at === undefined ? {} : { at }),
    },
  );
}

function claimedRecord({ model, contentHash }: VerifyFileOptions): RecordKey | undefined {
  if (contentHash === undefined) return undefined;
  if (model !== undefined) return { model_ref: model, content_hash: contentHash };
  throw new ClientError('USAGE', 'A content hash names a record together with a model.');
}

async function sourceOf({ bundle, gateway, source }: VerifyFileOptions): Promise<RecordSource> {
  const sources: RecordSource[] = [];
  if (bundle !== undefined) {
    sources.push(bundleSource(await readBounded(bundle, MAX_BUNDLE_BYTES), basename(bundle)));
  }
  if (gateway !== undefined) sources.push(gatewaySource(gateway.client, gateway.address));
  if (source !== undefined) sources.push(source);
  const [only, ...more] = sources;
  if (only !== undefined && more.length === 0) return only;
  throw new ClientError('USAGE', 'Name one source: a bundle or a gateway.');
}
