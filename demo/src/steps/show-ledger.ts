import type { TransactionReport } from '../play/report';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';
import { formatTime, shortId } from '../terminal/format';
import { formatTable } from '../terminal/table';

const VALID = 'VALID';
const HEADING = ['step', 'what', 'who', 'block', 'time', 'transaction', 'verdict', 'endorsed by'];
/** Indexes of the columns that hold numbers. */
const RIGHT_COLUMNS = [0, 3];

/** What the table needs of a transaction in the mirror. */
interface MirroredTransaction {
  readonly block: number;
  readonly time: number;
  readonly verdict: string;
  readonly endorsers: readonly string[];
}

export const showLedger: Step = {
  title: 'What the mirror, a Postgres copy of the ledger, knows of it all',
  run: async (scene) => {
    const { transactions } = scene.story.report;
    const mirrored = await Promise.all(transactions.map((entry) => readMirrored(scene, entry.tx_id)));
    const rows = transactions.map((entry, index) => row(entry, mirrored[index]));
    for (const line of formatTable([HEADING, ...rows], RIGHT_COLUMNS)) scene.tell(line);
    scene.fact('mirrored', mirrored);
    const isSame = transactions.every((entry, index) => mirrored[index]?.block === entry.block);
    scene.check(
      `all ${mirrored.length} transactions are there, in the blocks that the gateway named`,
      isSame,
    );
    scene.check(
      'every one is valid',
      mirrored.every(({ verdict }) => verdict === VALID),
    );
    await checkTimeline(scene);
  },
};

async function readMirrored(scene: Scene, txId: string): Promise<MirroredTransaction> {
  const view = await scene.story.registry.read.transaction(txId);
  const { block, ledger_time: time, validation_code: verdict, endorsers } = view;
  if (
    typeof block !== 'number' ||
    typeof time !== 'number' ||
    typeof verdict !== 'string' ||
    !Array.isArray(endorsers)
  ) {
    throw new Error(`The mirror's view of transaction ${txId} lacks something`);
  }
  return { block, time, verdict, endorsers: endorsers.map(String) };
}

function row(entry: TransactionReport, mirrored: MirroredTransaction | undefined): string[] {
  const { block, time, verdict, endorsers } = mirrored ?? { block: 0, time: 0, verdict: '', endorsers: [] };
  const names = endorsers.map((name) => name.replace(/MSP$/, ''));
  const cells = [
    String(entry.step),
    entry.act,
    entry.by,
    String(block),
    formatTime(time),
    shortId(entry.tx_id),
  ];
  return [...cells, verdict, names.join(' ')];
}

/** The artifact's own history, as anyone may read it. */
async function checkTimeline(scene: Scene): Promise<void> {
  const { story } = scene;
  const functions: string[] = [];
  for await (const event of story.registry.read.timeline(made(story, 'artifactId')))
    functions.push(String(event['function']));
  scene.fact('timeline', functions);
  const isWhole = functions[0] === 'artifacts:Register' && functions.at(-1) === 'artifacts:Revoke';
  scene.check(
    `the model's public timeline has ${functions.length} events, from registration to revocation`,
    isWhole,
    functions,
  );
}
