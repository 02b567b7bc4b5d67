import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { parseCertificate, parseCrl } from '@maker-registry/pki';
import { type Transaction } from '@hyperledger/fabric-gateway';
import { configSignatureMessage, encodeSignatureHeader } from '@maker-registry/fabric-proofs';
import {
  type CertificateReach,
  type FabricIdentity,
  fabricSigner,
  type PublishedUpdate,
  type RegistryClient,
} from '@maker-registry/sdk';
import {
  eventually,
  fabricClient,
  fabricIdentity,
  LedgerActor,
  organization,
  registryClient,
  runningNetwork,
} from '@maker-registry/testbed';
import { registry } from './support/commands';
import { http, type HttpAnswer } from './support/http';
import { enrollAt, fabricCaCrl } from './support/older-client';
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
  /** The CRL before anything here was revoked. */
  let first: Uint8Array;

  beforeAll(async () => {
    client = registryClient(network);
    first = await client.trust.crl();
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

  /** `registry crl WORDS` as the CA admin of op1; gives its JSON. */
  async function asCaAdmin(...words: string[]): Promise<Record<string, unknown>> {
    const { stderr, json, code } = await registry(
      network,
      'crl',
      ...words,
      ...as(fabricIdentity(network, 'op1', 'caadmin')),
    );
    if (code !== 0) throw new Error(stderr);
    return json;
  }

  /** Waits until the gateway's CRL lists the certificate, or no longer does. */
  async function listed(serial: string, wanted: boolean): Promise<void> {
    await eventually(`the CRL ${wanted ? 'lists' : 'drops'} it`, SPREAD_MS, async () =>
      (parseCrl(await client.trust.crl()).find(serial) !== undefined) === wanted ? true : undefined,
    );
  }

  /** Puts the gateway's CRL into the channel as an administrator. */
  async function toChannel(): Promise<PublishedUpdate> {
    const done = await registry(network, 'crl', 'channel', ...as(admin));
    if (done.code !== 0) throw new Error(done.stderr);
    return done.json as unknown as PublishedUpdate;
  }

  async function refusedByAll(identity: FabricIdentity): Promise<void> {
    for (const { name } of withPeer) {
      await eventually(`the peer of ${name} refuses`, SPREAD_MS, async () =>
        (await askPeer(name, identity)).startsWith('refused') ? true : undefined,
      );
    }
  }

  const everyPeer = withPeer.map(() => 'accepted');

  it('is accepted by every peer before', async () => {
    expect(await askAll(victim)).toEqual(everyPeer);
  });

  it('is refused by every peer and every orderer after', async () => {
    // Endorsed while it was good, handed in after.
    const actor = new LedgerActor(network);
    const { alg, publicKey } = actor.key.signer;
    const call = await actor.call('actor.register', { alg, public_key: publicKey });
    const early = fabricClient(network, 'op1', victim);
    const proposal = early
      .contract(call.chaincode, call.contract)
      .newProposal(call.function, { arguments: call.args });
    const transaction = await proposal.endorse();
    const { serial, aki } = keyOf(victim);
    const done = await asCaAdmin(
      'revoke',
      '--certificate',
      file('victim.pem', victim.certificate),
      '--reason',
      'keyCompromise',
    );
    expect(done).toMatchObject({ changed: 1, already: 0, fabric_ca: { reached: 1, failed: [], skipped: 0 } });
    await listed(serial, true);
    const before = await statusOf(serial, aki);
    expect(before).toMatchObject({ crl: { reached: true }, fabric_ca: 'reached', complete: false });
    expect(before.channels[0]).toMatchObject({ reached: false, peers_reached: [] });
    const { effect, attempts } = await toChannel();
    expect([effect.crls[0]?.added_serials.includes(serial), attempts]).toEqual([true, 1]);
    await refusedByAll(victim);
    expect(await codeOfSubmit(transaction)).not.toBe('accepted');
    early.close();
    expect(await statusOf(serial, aki)).toMatchObject({
      complete: true,
      channels: [{ reached: true, peers_behind: [], peers_silent: [] }],
    });
  });

  it('leaves everybody else, and its owner’s next certificate', async () => {
    for (const { name } of withPeer) {
      expect(await askAll(fabricIdentity(network, name, 'platform'))).toEqual(everyPeer);
    }
    expect(await askAll(await newIdentity('again', 'client', 'platform'))).toEqual(everyPeer);
  });

  it('ends for everybody when a hold is lifted', async () => {
    const lost = await newIdentity('lost', 'client', 'platform');
    const certificate = file('lost.pem', lost.certificate);
    const { serial } = keyOf(lost);
    await asCaAdmin('suspend', '--certificate', certificate, '--ticket', 'INC-8');
    await listed(serial, true);
    await toChannel();
    await refusedByAll(lost);
    expect(await asCaAdmin('lift', '--certificate', certificate)).toMatchObject({ lifted: 1, not_held: 0 });
    await listed(serial, false);
    expect((await toChannel()).effect.crls[0]?.removed_serials).toEqual([serial]);
    for (const { name } of withPeer) {
      await eventually(`the peer of ${name} accepts`, SPREAD_MS, async () =>
        (await askPeer(name, lost)) === 'accepted' ? true : undefined,
      );
    }
    expect(await asCaAdmin('lift', '--certificate', certificate)).toMatchObject({ lifted: 0, not_held: 1 });
  });

  it('goes by enrolment id, shown first, and passes over what is done', async () => {
    const name = freshName('left');
    await enrollAt(network, 'op1', { name, type: 'client', role: 'platform' });
    const words = ['revoke', '--enrollment-id', name, '--reason', 'cessationOfOperation'];
    const before = await client.trust.crl();
    const plan = (await asCaAdmin(...words, '--dry-run')) as { crl: { bytes: { after: number } } };
    expect(plan).toMatchObject({
      dry_run: true,
      named: 1,
      new: 1,
      already: 0,
      unknown: 0,
      in_use: [],
      channels: [channel],
    });
    expect(await client.trust.crl()).toEqual(before);
    expect(await asCaAdmin(...words)).toMatchObject({ changed: 1, fabric_ca: { reached: 1 } });
    await eventually('the CRL grows as planned', SPREAD_MS, async () => {
      const { length } = await client.trust.crl();
      return length !== before.length && Math.abs(length - plan.crl.bytes.after) <= 4 ? true : undefined;
    });
    expect(await asCaAdmin(...words)).toMatchObject({
      changed: 0,
      already: 1,
      acts: [],
      fabric_ca: { reached: 0 },
    });
  });

  it('does not go to the Fabric CA before the ledger, nor under another’s name', async () => {
    const { aki } = keyOf(victim);
    const unknown = client.fabricCa.revoke('ca', fabricIdentity(network, 'op1', 'caadmin'), {
      aki,
      serial: '0badbad0',
    });
    await expect(unknown).rejects.toMatchObject({ code: 'REVOCATION_UNKNOWN' });
    const platform = fabricIdentity(network, 'op1', 'platform');
    await expect(client.fabricCa.certificates('ca', platform)).rejects.toMatchObject({
      code: 'ROLE_MISSING',
    });
    const foreign = fabricIdentity(network, 'op2', 'caadmin');
    await expect(client.fabricCa.certificates('ca', foreign)).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
    });
  });

  it('is not submitted when it is of another CA, or as Fabric CA makes it', async () => {
    expect(await refusal(await download('/v1/crl?authority=tlsca'))).toBe('CRL_ISSUER_UNKNOWN');
    // gencrl leaves out the CRL number.
    expect(await refusal(await fabricCaCrl(network, 'op1'))).toBe('CRL_UNRELIABLE');
  });

  it('is not submitted without a key identifier, which would refuse everybody', async () => {
    expect(await refusal(withoutExtensions(await client.trust.crl()))).toBe('CRL_AKI_MISSING');
    expect(await askAll(fabricIdentity(network, 'op1', 'platform'))).toEqual(everyPeer);
  });

  it('is not submitted when it is no newer', async () => {
    // Whatever is current is in the channel after the first time, whoever asks again.
    await registry(network, 'crl', 'channel', ...as(admin));
    expect(await refusal(await client.trust.crl())).toBe('UPDATE_WITHOUT_EFFECT');
    expect(await refusal(first)).toBe('CRL_NUMBER_NOT_GREATER');
  });

  it('is not submitted when it would lock out who signs, by client and gateway alike', async () => {
    const { serial } = keyOf(secondAdmin);
    await asCaAdmin(
      'revoke',
      '--certificate',
      file('admin.pem', secondAdmin.certificate),
      '--reason',
      'superseded',
    );
    await listed(serial, true);
    const crl = await client.trust.crl();
    expect(await refusal(crl, secondAdmin)).toBe('CRL_LOCKS_OUT');
    const { update } = await client.channel.planRevocations({ mspId: 'Op1MSP', crl });
    expect(await relayed(update, secondAdmin)).toMatchObject({
      status: 422,
      json: { code: 'CHANNEL_UPDATE_REFUSED', subject: 'CRL_LOCKS_OUT' },
    });
    expect(await askAll(secondAdmin)).toEqual(everyPeer);
  });

  it('is relayed for administrators only, and for the configuration that it was made for', async () => {
    const crl = await client.trust.crl();
    const { update } = await client.channel.planRevocations({ mspId: 'Op1MSP', crl });
    for (const stranger of [
      fabricIdentity(network, 'op1', 'platform'),
      fabricIdentity(network, 'op2', 'admin'),
    ]) {
      const { json } = await relayed(update, stranger);
      expect(json).toMatchObject({ code: 'CHANNEL_UPDATE_REFUSED', subject: 'SIGNER_NOT_ADMINISTRATOR' });
    }
    expect((await relayed(update, admin)).status).toBe(200);
    expect(await relayed(update, admin)).toMatchObject({
      status: 409,
      json: { code: 'CHANNEL_UPDATE_STALE' },
    });
    await refusedByAll(secondAdmin);
  });

  it('warns of certificates in use and of many at once', async () => {
    const peer = readFileSync(network.path(organization(network, 'op1').identities['peer']!.cert), 'utf8');
    const { aki } = keyOf(victim);
    await expect(asCaAdmin('revoke', '--certificate', file('peer.pem', peer))).rejects.toThrow(
      'in use (peer)',
    );
    const rows = Array.from({ length: 21 }, (_unused, index) => `${(index + 4_096).toString(16)},${aki}`);
    const many = file('many.csv', ['serial,aki', ...rows, rows[0]].join('\n'));
    await expect(asCaAdmin('revoke', '--file', many)).rejects.toThrow('--count 21');
    expect(await asCaAdmin('revoke', '--file', many, '--dry-run')).toMatchObject({
      named: 21,
      duplicates: 1,
      unknown: 21,
    });
  });

  async function statusOf(serial: string, aki: string): Promise<CertificateReach> {
    const { json } = await registry(network, 'crl', 'status', '--serial', serial, '--aki', aki);
    return (json as { items: CertificateReach[] }).items[0]!;
  }

  /** Hands in an update past the command that would have refused it. */
  async function relayed(update: Uint8Array, identity: FabricIdentity): Promise<HttpAnswer> {
    const header = encodeSignatureHeader(identity, randomBytes(24));
    const message = configSignatureMessage(header, update);
    const signature = await fabricSigner(identity).sign(
      message,
      createHash('sha256').update(message).digest(),
    );
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const body = {
      config_update: text(update),
      signatures: [{ signature_header: text(header), signature: text(signature) }],
    };
    return await http(network, '/v1/channel/revocation-updates', { body: JSON.stringify(body) });
  }

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
});

async function codeOfSubmit(transaction: Transaction): Promise<string> {
  try {
    const { successful, code } = await (await transaction.submit()).getStatus();
    return successful ? 'accepted' : String(code);
  } catch (error) {
    return String(error);
  }
}

/** The CRL as if nobody had thought of extensions; its signature is then no longer good, which is looked at later. */
function withoutExtensions(der: Uint8Array): Buffer {
  const outer = contentOf(der);
  const [tbs, ...rest] = elementsOf(outer);
  const kept = elementsOf(contentOf(tbs!)).filter((element) => element[0] !== 0xa0);
  return sequence(sequence(...kept), ...rest);
}

function lengthAt(der: Uint8Array): { start: number; length: number } {
  const first = der[1]!;
  if (first < 0x80) return { start: 2, length: first };
  const count = first & 0x7f;
  return { start: 2 + count, length: Buffer.from(der).readUIntBE(2, count) };
}

function contentOf(der: Uint8Array): Uint8Array {
  const { start, length } = lengthAt(der);
  return der.subarray(start, start + length);
}

function elementsOf(content: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < content.length;) {
    const { start, length } = lengthAt(content.subarray(at));
    found.push(content.subarray(at, at + start + length));
    at += start + length;
  }
  return found;
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(0x30, ...size), content]);
}
