import { randomBytes } from 'node:crypto';
import {
  contentKeyCommitment,
  type ContentKeyVersion,
  type ErrorCode,
  RegistryError,
} from '@maker-registry/protocol';
import {
  ClientError,
  type KeyShare,
  type RegistryClient,
  sharingOf,
  splitContentKey,
} from '@maker-registry/sdk';
import { type Tell } from '../events';
import { type OperatorGateway } from '../trust/operator-gateways';
import { obtainContentKey } from './obtain-content-key';

const ARTIFACT = '22'.repeat(32);
const NAMES = ['Op1MSP', 'Op2MSP', 'Op3MSP'] as const;
const gateways = {
  all: NAMES.map((mspId): OperatorGateway => ({ mspId, client: undefined as unknown as RegistryClient })),
};

type Answer = Uint8Array | Error;

const refusal = (code: ErrorCode): RegistryError => new RegistryError(code, 'No.');
const away = (): ClientError => new ClientError('GATEWAY_UNREACHABLE', 'Nobody there.');

interface Outcome {
  readonly result: Buffer | { readonly code: string; readonly message: string };
  readonly asked: readonly string[];
  readonly told: readonly unknown[][];
}

async function obtain(
  version: ContentKeyVersion,
  answers: Readonly<Record<string, Answer>>,
): Promise<Outcome> {
  const asked: string[] = [];
  const told: unknown[][] = [];
  const tell: Tell = (event, fields) => told.push([event, fields]);
  const releaseFrom = ({ mspId = '' }: OperatorGateway): Promise<Uint8Array> => {
    asked.push(mspId);
    const answer = answers[mspId] ?? refusal('CONTENT_KEY_NOT_DEPOSITED');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const result = await obtainContentKey({ gateways, artifactId: ARTIFACT, version, releaseFrom, tell }).catch(
    (error: unknown) => error as RegistryError,
  );
  return { result, asked, told };
}

function versionOf(key: Uint8Array, sharing?: ContentKeyVersion['sharing']): ContentKeyVersion {
  return {
    version: 1,
    commitment: contentKeyCommitment(ARTIFACT, key),
    ciphertext_digest: '55'.repeat(32),
    format: 'mrg1',
    status: 'current',
    restrictions: [],
    committed: { tx_id: 'cd'.repeat(32), at: 1 },
    ...(sharing === undefined ? {} : { sharing }),
  };
}

describe('a whole content key', () => {
  const key = randomBytes(32);
  const copy = (): Uint8Array => Uint8Array.from(key);

  it('comes from the first operator that releases it', async () => {
    const { result, asked } = await obtain(versionOf(key), {
      Op1MSP: away(),
      Op2MSP: copy(),
      Op3MSP: copy(),
    });
    expect(result).toEqual(key);
    expect(asked).toEqual(['Op1MSP', 'Op2MSP']);
  });

  it('is not taken for another, whoever sends it', async () => {
    const wrong = randomBytes(32);
    const { result, told } = await obtain(versionOf(key), { Op1MSP: wrong, Op2MSP: copy() });
    expect(result).toEqual(key);
    expect(told[0]).toEqual([
      'warning',
      expect.objectContaining({ code: 'CONTENT_KEY_MISMATCH', operator: 'Op1MSP' }),
    ]);
    const short = await obtain(versionOf(key), { Op1MSP: key.subarray(1) });
    expect(short.result).toMatchObject({ code: 'CONTENT_KEY_MISMATCH' });
  });

  it('is refused with the first refusal, which says more than a gateway that is away', async () => {
    const { result } = await obtain(versionOf(key), {
      Op1MSP: away(),
      Op2MSP: refusal('REVOKED'),
      Op3MSP: away(),
    });
    expect(result).toMatchObject({ code: 'REVOKED' });
    const none = await obtain(versionOf(key), { Op1MSP: away(), Op2MSP: away(), Op3MSP: away() });
    expect(none.result).toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
  });
});

describe('a content key in shares', () => {
  let key: Buffer;
  let shares: readonly KeyShare[];
  let version: ContentKeyVersion;

  beforeEach(async () => {
    key = randomBytes(32);
    shares = await splitContentKey(key, 2, NAMES);
    version = versionOf(key, sharingOf(ARTIFACT, 2, shares));
  });
  const share = (i: number): Uint8Array => Uint8Array.from(shares[i]!.share);

  it('is combined from as many as it takes, and no more are asked', async () => {
    const { result, asked } = await obtain(version, { Op1MSP: share(0), Op2MSP: share(1), Op3MSP: share(2) });
    expect(result).toEqual(key);
    expect(asked).toEqual(['Op1MSP', 'Op2MSP']);
  });

  it.each<[string, Error]>([
    ['is away', away()],
    ['refuses', refusal('QUOTE_CLOCK')],
  ])('is combined without one that %s', async (_name, failure) => {
    const { result } = await obtain(version, { Op1MSP: failure, Op2MSP: share(1), Op3MSP: share(2) });
    expect(result).toEqual(key);
  });

  it('is combined without one that sends a wrong share, and that one is named', async () => {
    const { result, told } = await obtain(version, {
      Op1MSP: randomBytes(33),
      Op2MSP: share(1),
      Op3MSP: share(2),
    });
    expect(result).toEqual(key);
    expect(told[0]).toEqual([
      'warning',
      expect.objectContaining({ code: 'KEY_SHARE_MISMATCH', operator: 'Op1MSP' }),
    ]);
  });

  it('is combined without one that passes another’s share off as its own', async () => {
    const { result } = await obtain(version, { Op1MSP: share(1), Op2MSP: share(1), Op3MSP: share(2) });
    expect(result).toEqual(key);
  });

  it('does not come from one, and the reasons are told', async () => {
    const { result } = await obtain(version, {
      Op1MSP: share(0),
      Op2MSP: away(),
      Op3MSP: refusal('REVOKED'),
    });
    expect(result).toMatchObject({ code: 'KEY_SHARES_MISSING' });
    expect((result as RegistryError).message).toContain('1 of 2');
    expect((result as RegistryError).message).toContain('Op2MSP: GATEWAY_UNREACHABLE, Op3MSP: REVOKED');
  });

  it('is refused with the one reason that all of them give', async () => {
    const all = { Op1MSP: refusal('REVOKED'), Op2MSP: refusal('REVOKED'), Op3MSP: refusal('REVOKED') };
    expect((await obtain(version, all)).result).toMatchObject({ code: 'REVOKED' });
  });

  it('asks only operators that have a share', async () => {
    const two = await splitContentKey(key, 2, ['Op2MSP', 'Op4MSP']);
    const elsewhere = versionOf(key, sharingOf(ARTIFACT, 2, two));
    const { result, asked } = await obtain(elsewhere, { Op2MSP: two[0]!.share });
    expect(asked).toEqual(['Op2MSP']);
    expect(result).toMatchObject({ code: 'KEY_SHARES_MISSING' });
  });

  it('leaves no share in memory that an operator sent', async () => {
    const [first, second] = [share(0), share(1)];
    await obtain(version, { Op1MSP: first, Op2MSP: second });
    for (const sent of [first, second]) expect(Buffer.from(sent)).toEqual(Buffer.alloc(33));
  });
});
