import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { parseCertificate, parseCrl } from '@maker-registry/pki';
import { type FabricIdentity, type RegistryClient } from '@maker-registry/sdk';
import {
  eventually,
  fabricClient,
  fabricIdentity,
  organization,
  registryClient,
  runningNetwork,
} from '@maker-registry/testbed';
import { registry } from './support/commands';
import { enrollAt } from './support/older-client';
import { freshName } from './support/world';

const network = runningNetwork();
const { channel } = network.file;
const withPeer = network.file.organizations.filter(({ peer }) => peer !== undefined);
/** Milliseconds in which a block reaches every peer. */
const SPREAD_MS = 20_000;

/** What a peer of the organization says to an identity: the height it tells, or why it refuses. */
async function askPeer(name: string, identity: FabricIdentity): Promise<string> {
  const client = fabricClient(network, name, identity);
  try {
    await client
      .contract('qscc', '')
      .newProposal('GetChainInfo', {
        arguments: [channel],
        endorsingOrganizations: [organization(network, name).msp_id],
      })
      .evaluate();
    return 'accepted';
  } catch (error) {
    const { details = [] } = error as { details?: { message: string }[] };
    return `refused: ${String(error)} ${details.map(({ message }) => message).join('; ')}`;
  } finally {
    client.close();
  }
}

const askAll = (identity: FabricIdentity): Promise<string[]> =>
  Promise.all(withPeer.map(({ name }) => askPeer(name, identity)));

async function newIdentity(name: string, type: 'client' | 'admin', role: string): Promise<FabricIdentity> {
  return await enrollAt(network, 'op1', { name: freshName(name), type, role });
}

function keyOf(identity: FabricIdentity): { serial: string; aki: string } {
  const { serial, authorityKeyIdentifier } = parseCertificate(new X509Certificate(identity.certificate).raw);
  return { serial, aki: authorityKeyIdentifier?.toString('hex') ?? '' };
}

describe('a revocation reaches Fabric', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-'));
  const admin = fabricIdentity(network, 'op1', 'admin');
  let client: RegistryClient;
  let victim: FabricIdentity;
  let secondAdmin: FabricIdentity;

  beforeAll(async () => {
    client = registryClient(network);
    victim = await newIdentity('victim', 'client', 'platform');
    secondAdmin = await newIdentity('admin', 'admin', 'operator-admin');
  });
  afterAll(() => {
    client.close();
    rmSync(folder, { recursive: true });
  });

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The options of a command that signs as an identity of op1. */
  function as(identity: FabricIdentity): string[] {
    return [
      ...['--msp', 'Op1MSP', '--identity-cert', file('cert.pem', identity.certificate)],
      ...['--identity-key', file('key.pem', identity.privateKey as string)],
    ];
  }

  const errorOf = (stderr: string): { code?: string; subject?: string } =>
    JSON.parse(stderr.trim().split('\n').at(-1) ?? '{}') as { code?: string; subject?: string };

  async function refusal(crl: Uint8Array, signer = admin): Promise<string | undefined> {
    const { stderr } = await registry(network, 'crl', 'channel', '--crl', file('a.crl', crl), ...as(signer));
    return errorOf(stderr).subject;
  }

  it('is accepted by every peer before', async () => {
    expect(await askAll(victim)).toEqual(withPeer.map(() => 'accepted'));
  });

  it('is refused by every peer after', async () => {
    await revoke(victim);
    const done = await registry(network, 'crl', 'channel', ...as(admin));
    expect(done.stderr).toBe('');
    const { effect } = done.json as { effect: { crls: { added_serials: string[] }[] } };
    expect(effect.crls[0]?.added_serials).toContain(keyOf(victim).serial);
    for (const { name } of withPeer) {
      await eventually(`the peer of ${name} refuses`, SPREAD_MS, async () =>
        (await askPeer(name, victim)).startsWith('refused') ? true : undefined,
      );
    }
  });

  it('leaves everybody else', async () => {
    for (const { name } of withPeer) {
      const own = fabricIdentity(network, name, 'platform');
      expect(await askAll(own)).toEqual(withPeer.map(() => 'accepted'));
    }
    expect(await askAll(await newIdentity('victim', 'client', 'platform'))).toEqual(
      withPeer.map(() => 'accepted'),
    );
  });

  it('is not submitted when it is of another CA', async () => {
    expect(await refusal(await download('/v1/crl?authority=tlsca'))).toBe('CRL_ISSUER_UNKNOWN');
  });

  it('is not submitted when it would lock out who signs', async () => {
    await revoke(secondAdmin);
    expect(await refusal(await client.trust.crl(), secondAdmin)).toBe('CRL_LOCKS_OUT');
    expect(await askAll(secondAdmin)).toEqual(withPeer.map(() => 'accepted'));
  });

  /** The gateway's answer, byte for byte. */
  function download(path: string): Promise<Buffer> {
    const { gateway } = network.file;
    return new Promise((resolve, reject) => {
      request(
        new URL(path, gateway.url),
        { ca: readFileSync(network.path(gateway.tls_ca_cert)) },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            resolve(Buffer.concat(parts));
          });
        },
      )
        .on('error', reject)
        .end();
    });
  }

  /** Revokes on the ledger as the CA admin, and waits for the CRL that says so. */
  async function revoke(identity: FabricIdentity): Promise<void> {
    const key = keyOf(identity);
    const caAdmin = fabricIdentity(network, 'op1', 'caadmin');
    await client.performAct(
      'certificate.revoke',
      { entries: [{ ...key, reason: 'keyCompromise' }] },
      caAdmin,
    );
    await eventually('the CRL lists it', SPREAD_MS, async () =>
      parseCrl(await client.trust.crl()).find(key.serial) === undefined ? undefined : true,
    );
  }
});
