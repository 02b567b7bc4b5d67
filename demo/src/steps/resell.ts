import { divideSale, type Sale } from '@maker-registry/protocol';
import { submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';
import { RESALE_ROYALTY_BPS } from './define-license';
import { checkOldToken } from './old-token';

const PRICE = { amount: '8000', currency: 'EUR' };
const MINOR_UNITS = 100;

export const resell: Step = {
  title: 'The first buyer resells the right; the maker gets its royalty',
  run: async (scene) => {
    const { story } = scene;
    const buyer = made(story, 'secondBuyer').key;
    const rightId = made(story, 'rightId');
    const body = { right_id: rightId, buyer: buyer.actorId, price: PRICE };
    await submit(scene, made(story, 'firstBuyer'), 'right.sell', body, { countersigners: [buyer.signer] });
    const right = await story.registry.read.right(rightId);
    scene.check(
      'the second buyer holds it, version 2',
      right.holder === buyer.actorId && right.version === 2,
      right,
    );
    await checkSale(scene, rightId);
    await checkOldToken(scene);
  },
};

async function checkSale(scene: Scene, rightId: string): Promise<void> {
  const { read } = scene.story.registry;
  const sales: Sale[] = [];
  for await (const one of read.sales(rightId)) sales.push(one);
  const [sale] = sales;
  if (sale === undefined) throw new Error('The sale is not in the mirror');
  const { royalty, fee, seller_amount: rest } = sale;
  scene.fact('sale', sale);
  scene.tell(
    `price ${euro(PRICE.amount)} = maker ${euro(royalty.amount)} + safety fund ${euro(fee.amount)} + seller ${euro(rest)}`,
  );
  scene.highlight(`Maker's royalty on the resale at ${euro(PRICE.amount)}: ${euro(royalty.amount)}.`);
  // Anyone can recompute what the ledger did: the rule is a function, its inputs are public.
  const { risk_classes: classes } = await read.parameters();
  const expected = divideSale(PRICE.amount, RESALE_ROYALTY_BPS, classes.high.fee_bps);
  const isSame =
    royalty.amount === expected.royalty && fee.amount === expected.fee && rest === expected.seller;
  scene.check('recomputed from license and parameters, the division is the same', isSame, { sale, expected });
  scene.check(
    'the royalty is the maker’s',
    royalty.payee === made(scene.story, 'maker').key.actorId,
    royalty,
  );
}

function euro(minorUnits: string): string {
  return `${(Number(minorUnits) / MINOR_UNITS).toFixed(2)} EUR`;
}
