import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalize, sha256Hex, utf8 } from '@maker-registry/protocol';
import { verifyFile } from '@maker-registry/verifier';
import { detectorsFor, type WatermarkKey } from '@maker-registry/watermark';
import { listening, startNetwork, stopNetwork } from '../machine/network-control';
import { runProgram } from '../machine/program';
import type { TransactionReport } from '../play/report';
import type { Scene, Step } from '../play/step';
import { made, type RecordedPicture, type Story } from '../play/story';

/** What `registry verify receipt` prints, as far as the story looks at it. */
interface Answer {
  readonly verdict: string;
  readonly code: string;
  readonly statement: {
    readonly operators: { readonly signed: readonly string[]; readonly of: number };
    readonly transaction: {
      readonly tx_id: string;
      readonly valid: boolean;
      readonly writes: readonly { readonly value_sha256: string }[];
    };
  } | null;
}

/** Files on a laptop without a network. */
interface Laptop {
  readonly folder: string;
  readonly genesis: string;
  readonly picture: string;
  readonly reposted: string;
  readonly key: WatermarkKey;
  readonly receipts: readonly Fetched[];
}

interface Fetched {
  readonly of: TransactionReport;
  readonly file: string;
}

const ACCEPTED = 'accepted';
const RECORDING = 'record.register';
const SETTLING = 'settlement.settle';

export const proveOffline: Step = {
  title: 'The network is down; a laptop with a copy of the bundle proves it all',
  run: async (scene) => {
    const picture = made(scene.story, 'pictures').at(-1);
    const studio = made(scene.story, 'studios').at(-1);
    if (picture === undefined || studio === undefined) throw new Error('There is no picture');
    const laptop = await copyToLaptop(scene, picture, studio.mark.key);
    await withNetworkDown(scene, async () => {
      for (const receipt of laptop.receipts) await checkReceipt(scene, laptop, receipt);
      await checkForgery(scene, laptop);
      await checkPicture(scene, laptop);
    });
  },
};

/** Everything the proofs need, in a folder of its own. */
async function copyToLaptop(
  { story, tell }: Scene,
  picture: RecordedPicture,
  key: WatermarkKey,
): Promise<Laptop> {
  const folder = join(story.folder, 'laptop');
  mkdirSync(folder);
  const reposted = 'reposted.jpg';
  for (const name of [basename(picture.file), reposted, 'bundle.json', 'params.json']) {
    copyFileSync(join(story.folder, name), join(folder, name));
  }
  const receipts: Fetched[] = [];
  for (const of of [lastOf(story, RECORDING), lastOf(story, SETTLING)]) {
    const bytes = await story.registry.receipts.transaction(of.tx_id);
    const file = `${of.act}.receipt`;
    writeFileSync(join(folder, file), bytes);
    tell(`${file}: ${bytes.length} bytes`);
    receipts.push({ of, file });
  }
  const genesis = story.network.genesis_hash;
  return { folder, genesis, picture: basename(picture.file), reposted, key, receipts };
}

function lastOf({ report }: Story, act: string): TransactionReport {
  const found = report.transactions.findLast((entry) => entry.act === act);
  if (found === undefined) throw new Error(`There was no ${act}`);
  return found;
}

async function withNetworkDown(scene: Scene, act: () => Promise<void>): Promise<void> {
  const { story } = scene;
  let isDown = false;
  // Whoever interrupts the demonstration finds the network as it was.
  story.closers.add(async () => {
    if (isDown) await startNetwork(story);
  });
  scene.tell('stopping the network …');
  isDown = true;
  try {
    await stopNetwork(story);
    const answering = await listening(story);
    scene.check('no gateway and no peer takes a connection', answering.length === 0, answering);
    await act();
  } finally {
    scene.tell('starting it again …');
    await startNetwork(story);
    isDown = false;
  }
}

async function checkReceipt(scene: Scene, laptop: Laptop, { of, file }: Fetched): Promise<void> {
  const answer = await ask(scene.story, laptop, file);
  scene.fact(of.act, answer);
  scene.check(`${file} is accepted`, answer.verdict === ACCEPTED && answer.statement !== null, answer);
  if (answer.statement === null) return;
  const { operators, transaction } = answer.statement;
  scene.check(
    `${operators.signed.length} of ${operators.of} operators signed that its transaction is valid`,
    transaction.valid && transaction.tx_id === of.tx_id,
    answer,
  );
  if (of.act !== RECORDING) return;
  const record = sha256Hex(utf8(canonicalize(recordOfBundle(laptop))));
  scene.check(
    'the record in the bundle is, to the byte, what that transaction wrote',
    transaction.writes.some(({ value_sha256: written }) => written === record),
    answer,
  );
}

function recordOfBundle({ folder }: Laptop): unknown {
  const bundle = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as { records: unknown[] };
  return bundle.records[0];
}

/** A changed byte, and a ledger that somebody made up. */
async function checkForgery(scene: Scene, laptop: Laptop): Promise<void> {
  const [{ file } = { file: '' }] = laptop.receipts;
  const bytes = readFileSync(join(laptop.folder, file));
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(join(laptop.folder, 'changed.receipt'), bytes);
  const changed = await ask(scene.story, laptop, 'changed.receipt');
  const foreign = await ask(scene.story, { ...laptop, genesis: 'ab'.repeat(32) }, file);
  scene.check(
    `with one bit changed it is refused (${changed.code}), and for another ledger too (${foreign.code})`,
    changed.verdict === 'refused' && foreign.verdict === 'refused',
    [changed, foreign],
  );
}

async function checkPicture(scene: Scene, { folder, picture, reposted, key }: Laptop): Promise<void> {
  const sources = {
    bundle: join(folder, 'bundle.json'),
    params: join(folder, 'params.json'),
    detectors: detectorsFor([key]),
  };
  const verified = await verifyFile(join(folder, picture), sources);
  scene.check('the picture is still VALID', verified.status === 'VALID', verified);
  const found = await verifyFile(join(folder, reposted), sources);
  scene.check('so is its reposted JPEG, found by the watermark', found.status === 'VALID', found);
}

/** Asks the command line in the laptop's folder. It gets no gateway's address: there is nobody to believe. */
async function ask(story: Story, { folder, genesis }: Laptop, file: string): Promise<Answer> {
  const registry = join(story.root, 'clients', 'cli', 'dist', 'main.js');
  const { stdout, stderr, code } = await runProgram(
    process.execPath,
    [registry, 'verify', 'receipt', file, '--genesis', genesis],
    { cwd: folder, env: {} },
  );
  if (code !== 0) throw new Error(`registry verify receipt gave no answer: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}
