import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJwks, readContentKeyFile } from '@maker-registry/guard';
import { requiredKeyThreshold } from '@maker-registry/protocol';
import { type DepositTarget, depositWithOperators, sharingOf, splitContentKey } from '@maker-registry/sdk';
import { KEY_HOLDERS } from '../limits';
import { askGuard } from '../machine/guarded-command';
import { openDesk, startOperatorGateway } from '../machine/operator-gateway';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made, type OperatorDesk, type Story } from '../play/story';
import { shortId } from '../terminal/format';

const KEY_VERSION = 1;
/** A tensor's name, which stands in clear at the beginning of every safetensors file. */
const TRACE = 'embeddings.word_embeddings.weight';

export const protectModel: Step = {
  title: 'The maker encrypts the weights and splits the key among operators',
  run: async (scene) => {
    const { story } = scene;
    const container = join(story.folder, 'model.mrg');
    const keyFile = join(story.folder, 'content.key.json');
    const started = performance.now();
    const printed = await askGuard(story, [
      'protect',
      ...['--in', join(made(story, 'modelFolder'), 'model.safetensors')],
      ...['--out', container],
      ...['--artifact', made(story, 'artifactId')],
      ...['--key-version', String(KEY_VERSION)],
      ...['--key-out', keyFile],
    ]);
    scene.fact('protect_ms', Math.round(performance.now() - started));
    story.made.container = container;
    scene.check(
      'nothing of the weights can be read in the container',
      !(await readFile(container)).includes(TRACE),
    );
    story.made.keyHolders = await openKeyHolders(scene);
    await entrust(scene, keyFile, { ...printed });
    const { versions } = await story.registry.read.contentKeys(made(story, 'artifactId'));
    const onLedger = versions.find(({ version }) => version === KEY_VERSION);
    scene.check(
      `the ledger knows the key by its commitment only: ${shortId(onLedger?.commitment ?? '')}`,
      onLedger?.commitment === printed['commitment'],
      versions,
    );
  },
};

/** The gateways of the operators that get the key: of several where the class of the model asks for shares. */
async function openKeyHolders({ story, tell }: Scene): Promise<readonly OperatorDesk[]> {
  const operators = story.network.organizations.filter(({ role }) => role === 'operator');
  const [first, ...others] = operators;
  const { url, tls_ca_cert: ca } = story.network.gateway;
  const own = openDesk(story, first?.msp_id ?? '', url, ca);
  if ((await threshold(story)) === 1) return [own];
  const more = await Promise.all(
    others.slice(0, KEY_HOLDERS - 1).map((operator, index) => startOperatorGateway(story, operator, index)),
  );
  tell(`gateways of ${more.map(({ mspId }) => mspId).join(' and ')} run beside that of ${own.mspId}`);
  return [own, ...more];
}

/** Operators that must release together, by the class of the model. */
async function threshold({ registry, made: { artifactId } }: Story): Promise<number> {
  const [artifact, parameters] = await Promise.all([
    registry.read.artifact(artifactId ?? ''),
    registry.read.parameters(),
  ]);
  return requiredKeyThreshold(parameters, artifact.risk.class);
}

/** Commits the key on the ledger and hands each operator its share of it, encrypted to a key in that operator's HSM. */
async function entrust(scene: Scene, keyFile: string, printed: Record<string, unknown>): Promise<void> {
  const { story } = scene;
  const holders = made(story, 'keyHolders');
  const artifactId = made(story, 'artifactId');
  const needed = await threshold(story);
  const { contentKey } = await readContentKeyFile(keyFile);
  const operators = holders.map(({ mspId }) => mspId);
  const shares = needed > 1 ? await splitContentKey(contentKey, needed, operators) : [];
  const { block } = await submit(scene, made(story, 'maker'), 'key.commit', {
    artifact_id: artifactId,
    commitment: String(printed['commitment']),
    ciphertext_digest: String(printed['ciphertext_digest']),
    format: 'mrg1',
    ...(needed > 1 ? { sharing: sharingOf(artifactId, needed, shares) } : {}),
  });
  const outcomes = await depositWithOperators(
    made(story, 'maker').key,
    {
      artifactId,
      version: KEY_VERSION,
      secretOf: (operator) => shares.find((one) => one.operator === operator)?.share ?? contentKey,
    },
    await Promise.all(holders.map((holder) => depositTarget(holder, artifactId, block))),
  );
  for (const { share } of shares) share.fill(0);
  contentKey.fill(0);
  const claim =
    needed > 1
      ? `each of ${operators.join(', ')} holds one share in its HSM; any ${needed} release the key, none alone can`
      : `the key is deposited at ${operators.join(', ')}, encrypted to a key in its HSM`;
  scene.check(
    claim,
    outcomes.every(({ status }) => status === 'deposited'),
    outcomes,
  );
}

async function depositTarget(
  { mspId, client }: OperatorDesk,
  artifactId: string,
  minHeight: number,
): Promise<DepositTarget> {
  await client.read.contentKeys(artifactId, { minHeight });
  const wrapKey = parseJwks(await client.trust.jwks()).find(({ use }) => use === 'wrap');
  if (wrapKey === undefined) throw new Error(`${mspId} publishes no wrapping key`);
  return { operator: mspId, client, wrapKey };
}
