import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import {
  type Block,
  checkDataHash,
  hex,
  nextBlock,
  parseBlock,
  parseEndorserTransaction,
  parseEnvelope,
  parseReceipt,
  readCertificate,
  startChain,
  verifyQuorum,
  verifyReceipt,
  verifySignature,
  verifyTransactionSignatures,
  verifyWalk,
} from '@maker-registry/fabric-proofs';
import { unpackBlocks } from '@maker-registry/fabric-proofs/dist/testing/ledger-fixture';
import {
  configEnvelope,
  makeBlock,
  testConsenter,
} from '@maker-registry/fabric-proofs/dist/testing/synthetic-chain';
import {
  testOrganization,
  testTransaction,
} from '@maker-registry/fabric-proofs/dist/testing/synthetic-network';
import { RECEIPT_BLOCK_TRANSACTIONS, RECEIPT_CHECKS, RECEIPT_RUNS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

/** Full blocks verified in one measured run. */
const FULL_BLOCKS = 10;
const FIXTURES = resolve(__dirname, '../../libs/fabric-proofs/fixtures');

/** Something to be measured, how often in a run, and what must hold of its rate. */
interface Contestant {
  readonly name: string;
  readonly times: number;
  readonly goal: string;
  readonly act: () => void;
}

/** Receipts and blocks of one thread, in CPU time, beside a bare ECDSA P-256 check in the same run. Needs no network. */
export async function receiptVerification(report: Report): Promise<string[]> {
  const contestants = [bareCheck(), ...receipts(), chainWalk(), ...(await fullBlock())];
  const samples = contestants.map((): number[] => []);
  for (let run = 0; run <= RECEIPT_RUNS; run += 1) {
    contestants.forEach((contestant, index) => {
      const milliseconds = cpuOf(contestant);
      // The first run warms the code up and does not count.
      if (run > 0) samples[index]?.push(milliseconds);
    });
    report(`run ${run} of ${RECEIPT_RUNS}`);
  }
  const bare = median(samples[0] ?? []);
  const rows = contestants.map(({ name, goal }, index) => {
    const milliseconds = median(samples[index] ?? []);
    return [
      name,
      milliseconds.toFixed(3),
      (1_000 / milliseconds).toFixed(0),
      (milliseconds / bare).toFixed(1),
      goal,
    ];
  });
  return [
    ...table(['what (one thread)', 'CPU ms', 'a CPU second', 'bare checks', 'goal'], rows),
    '',
    ...table(['size of a receipt of three operators', 'bytes', 'brotli', 'goal'], sizes()),
  ];
}

function cpuOf({ act, times }: Contestant): number {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n += 1) act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

function read(name: string): Buffer {
  return readFileSync(join(FIXTURES, 'receipts', name));
}

function bareCheck(): Contestant {
  const transaction = realTransaction();
  const { key } = readCertificate(transaction.creator.certificate);
  const { payload, signature } = transaction.envelope;
  return {
    name: 'one ECDSA P-256 signature (bare)',
    times: RECEIPT_CHECKS,
    goal: '',
    act: () => {
      if (!verifySignature(key, payload, signature)) throw new Error('The signature does not hold');
    },
  };
}

/** A transaction of a real network, for its signature. */
function realTransaction(): ReturnType<typeof parseEndorserTransaction> {
  const [block] = parseReceipt(read('valid-block.core')).blocks;
  const envelope = block?.envelopes[0];
  if (envelope === undefined) throw new Error('The fixture has no block');
  return parseEndorserTransaction(parseEnvelope(envelope));
}

function receipts(): Contestant[] {
  const genesisHash = read('genesis').toString('utf8').trim();
  const whole = read('valid.receipt');
  const walk = verifyWalk(parseReceipt(whole).configurations, genesisHash);
  const one = (name: string, bytes: Uint8Array, held: boolean, goal: string): Contestant => ({
    name,
    times: RECEIPT_CHECKS,
    goal,
    act: () => {
      const { code } = verifyReceipt(bytes, held ? { genesisHash, walk } : { genesisHash });
      if (code !== 'RECEIPT_ACCEPTED') throw new Error(`The receipt is refused: ${code}`);
    },
  });
  return [
    one('attested receipt, configurations held', read('gateway.core'), true, '≥ 500/s'),
    one('attested receipt, whole file', whole, false, '≥ 500/s'),
    one('block receipt of one transaction, configurations held', read('valid-block.core'), true, ''),
  ];
}

function chainWalk(): Contestant {
  const blocks = unpackBlocks(readFileSync(join(FIXTURES, 'ledger.br')));
  const genesis = blocks[0] === undefined ? '' : hex(parseBlock(blocks[0]).headerHash);
  const walk = (): void => {
    const [first, ...rest] = blocks.map((bytes) => parseBlock(bytes));
    if (first === undefined) throw new Error('The fixture is empty');
    rest.reduce(nextBlock, startChain(first, genesis));
  };
  // A block is the unit, so one act is one block's share.
  let done = 0;
  return {
    name: 'chain walk, a block (hashes, quorum, BlockValidation)',
    times: blocks.length * 10,
    goal: '≥ 2,000/s',
    act: () => {
      if (done % blocks.length === 0) walk();
      done += 1;
    },
  };
}

type Consenters = Awaited<ReturnType<typeof testConsenter>>[];
type Organizations = Awaited<ReturnType<typeof testOrganization>>[];

/** A block of 100 transactions with some endorsements each, and the configuration that it is verified under. */
function madeBlock(
  consenters: Consenters,
  operators: Organizations,
): { bytes: Uint8Array; config: ReturnType<typeof startChain>['config'] } {
  const [first] = operators;
  if (first === undefined) throw new Error('No operator');
  const peers = operators.map(({ peer }) => peer);
  const envelopes = Array.from({ length: RECEIPT_BLOCK_TRANSACTIONS }, () => {
    const args = ['actors:Register', randomBytes(800)];
    const call = { asker: first.client, chaincode: 'registry', args, nonce: randomBytes(24) };
    return testTransaction({ ...call, result: randomBytes(100) }, peers);
  });
  const genesis = makeBlock({
    number: 0,
    previousHash: Buffer.alloc(0),
    envelopes: [configEnvelope(0, consenters, 3)],
    lastConfig: 0,
    signers: [],
  });
  const { bytes } = makeBlock({
    number: 1,
    previousHash: genesis.headerHash,
    envelopes,
    lastConfig: 0,
    signers: consenters.slice(0, 3),
  });
  return { bytes, config: startChain(parseBlock(genesis.bytes), hex(genesis.headerHash)).config };
}

/** What the orderers sign of a full block, and everything that is in it. */
async function fullBlock(): Promise<Contestant[]> {
  const consenters = await Promise.all([1, 2, 3, 4].map(testConsenter));
  const operators = await Promise.all(['Op1MSP', 'Op2MSP', 'Op3MSP'].map(testOrganization));
  const [two, three] = [madeBlock(consenters, operators.slice(0, 2)), madeBlock(consenters, operators)];
  const quorum = ({ bytes, config }: typeof three): Block => {
    const block = parseBlock(bytes);
    checkDataHash(block);
    verifyQuorum(block, config);
    return block;
  };
  const everything = (made: typeof three): void => {
    for (const bytes of quorum(made).envelopes)
      verifyTransactionSignatures(parseEndorserTransaction(parseEnvelope(bytes)));
  };
  const row = (name: string, times: number, goal: string, act: () => void): Contestant => ({
    name: `100-transaction block: ${name}`,
    times,
    goal,
    act,
  });
  return [
    row('parsed, hashes and quorum', RECEIPT_CHECKS, '≤ 1 ms', () => quorum(three)),
    row('everything in it, 100 creators and 200 endorsements', FULL_BLOCKS, '≤ 30 ms', () => {
      everything(two);
    }),
    row('everything in it, 100 creators and 300 endorsements', FULL_BLOCKS, '', () => {
      everything(three);
    }),
  ];
}

function sizes(): string[][] {
  const row = (name: string, file: string, goal: string): string[] => {
    const bytes = read(file);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    };
    return [name, String(bytes.length), String(brotliCompressSync(bytes, { params }).length), goal];
  };
  return [
    row('attested, core, made through the gateway that asks', 'gateway.core', '≤ 8,192, brotli ≤ 3,072'),
    row('attested, core, made by another party', 'valid.core', '≤ 8,192'),
    row('attested, whole file', 'valid.receipt', ''),
    row('block of one transaction, core', 'valid-block.core', ''),
  ];
}
