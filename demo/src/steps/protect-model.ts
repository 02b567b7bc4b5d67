import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJwks, readContentKeyFile } from '@maker-registry/guard';
import { fromHex, publicKeyFromJwk, sealJwe } from '@maker-registry/protocol';
import { askGuard } from '../machine/guarded-command';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';
import { shortId } from '../terminal/format';

const KEY_VERSION = 1;
const EPHEMERAL_KEY_BYTES = 32;
const IV_BYTES = 12;
const TOP_BIT_CLEAR = 0x7f;
/** A tensor's name, which stands in clear at the beginning of every safetensors file. */
const TRACE = 'embeddings.word_embeddings.weight';

export const protectModel: Step = {
  title: 'The maker encrypts the weights and entrusts the key to an operator',
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
    await submit(scene, made(story, 'maker'), 'key.commit', {
      artifact_id: made(story, 'artifactId'),
      commitment: String(printed['commitment']),
      ciphertext_digest: String(printed['ciphertext_digest']),
      format: 'mrg1',
    });
    await deposit(scene, keyFile);
    const { versions } = await story.registry.read.contentKeys(made(story, 'artifactId'));
    const onLedger = versions.find(({ version }) => version === KEY_VERSION);
    scene.check(
      `the ledger knows the key by its commitment only: ${shortId(onLedger?.commitment ?? '')}`,
      onLedger?.commitment === printed['commitment'],
      versions,
    );
  },
};

/** Encrypts the content key to the wrapping key in the operator's HSM and hands it to the operator's gateway. */
async function deposit(scene: Scene, keyFile: string): Promise<void> {
  const { story } = scene;
  const { trust } = story.registry;
  const wrap = parseJwks(await trust.jwks()).find(({ use }) => use === 'wrap');
  if (wrap === undefined) throw new Error('The operator publishes no wrapping key');
  const { contentKey } = await readContentKeyFile(keyFile);
  const jwe = sealJwe({
    recipientPublic: fromHex(publicKeyFromJwk(wrap).publicKey),
    ephemeralPrivate: ephemeralKey(),
    iv: randomBytes(IV_BYTES),
    plaintext: contentKey,
    ...(wrap.kid === undefined ? {} : { kid: wrap.kid }),
  });
  contentKey.fill(0);
  const operator = story.network.organizations.find(({ role }) => role === 'operator')?.msp_id ?? '';
  const artifactId = made(story, 'artifactId');
  await trust.depositKey(made(story, 'maker').key, {
    artifact_id: artifactId,
    version: KEY_VERSION,
    operator,
    jwe,
  });
  scene.tell(`the key is deposited at ${operator}, encrypted to a key in its HSM`);
}

/** A scalar below the order of P-256, whose first 32 bits are all ones: a clear first bit is enough. */
function ephemeralKey(): Uint8Array {
  const bytes = randomBytes(EPHEMERAL_KEY_BYTES);
  bytes.writeUInt8(bytes.readUInt8(0) & TOP_BIT_CLEAR, 0);
  return bytes;
}
