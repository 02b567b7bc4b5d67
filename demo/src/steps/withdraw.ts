import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instructionCommitment, iso20022Rail, parseInstruction } from '@maker-registry/payouts';
import { act, submit } from '../play/desk';
import type { Scene, Step } from '../play/step';
import { made } from '../play/story';

/** An example IBAN of the standard's own documentation: no account. */
const EXAMPLE_IBAN = 'DE89370400440532013000';
const DEBTOR = { name: 'Registry payout desk', iban: 'FR1420041010050500013M02606', bic: 'PSSTFRPPXXX' };
const SALT_BYTES = 32;
const MS_PER_SECOND = 1_000;

export const withdraw: Step = {
  title: 'The first maker withdraws; the payout desk writes the bank’s file',
  run: async (scene) => {
    const { story } = scene;
    const [painter] = made(story, 'studios');
    if (painter === undefined) throw new Error('There is no maker');
    const { owner } = painter;
    const { royalties } = story.registry.read;
    const beneficiary = owner.key.actorId;
    const { open } = await royalties.creditTotals(beneficiary, 'EUR', { minHeight: 'own' });
    const instruction = parseInstruction(
      JSON.stringify({
        beneficiary,
        name: 'Pat Painter',
        iban: EXAMPLE_IBAN,
        salt: randomBytes(SALT_BYTES).toString('hex'),
      }),
    );
    const { result } = await submit(scene, owner, 'vault.withdraw', {
      currency: 'EUR',
      credits: [made(story, 'settlementId')],
      amount: open,
      instruction_commitment: instructionCommitment(instruction),
    });
    const withdrawal = await royalties.withdrawal(result.id, { minHeight: 'own' });
    const vault = await royalties.vault(beneficiary, 'EUR');
    scene.check(
      'the vault is emptied, to the unit',
      vault.balance === '0' && vault.withdrawn === open,
      vault,
    );
    const hasDetails = JSON.stringify(withdrawal).includes(EXAMPLE_IBAN);
    scene.check(
      'the ledger holds a commitment to the bank details, not the details',
      !hasDetails,
      withdrawal,
    );
    await payOut(scene, { withdrawal, instruction });
  },
};

type Payment = Parameters<typeof iso20022Rail.exportBatch>[0]['payments'][number];

async function payOut(scene: Scene, payment: Payment): Promise<void> {
  const { folder, run } = scene.story;
  const { text } = iso20022Rail.exportBatch({
    messageId: createHash('sha256').update(run).digest('hex').slice(0, 24),
    createdAt: Math.floor(Date.now() / MS_PER_SECOND),
    requestedOn: new Date().toISOString().slice(0, 10),
    debtor: DEBTOR,
    payments: [payment],
  });
  const file = join(folder, 'credit-transfer.xml');
  writeFileSync(file, text, { mode: 0o600 });
  scene.tell(`pain.001 for the bank: ${file}`);
  scene.check(
    'the file pays the amount to the account that the maker committed to',
    text.includes(EXAMPLE_IBAN),
  );
  const evidence_digest = createHash('sha256').update(`handed over ${run}`).digest('hex');
  const report = {
    withdrawal_id: payment.withdrawal.withdrawal_id,
    status: 'sent' as const,
    evidence_digest,
  };
  await act(scene, { organization: 'op1', identity: 'admin' }, 'payout.report', report);
}
