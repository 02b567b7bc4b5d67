import { toHex } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { fileDigest } from '../file-digest';
import { requiredMembersOf } from '../given-members';
import { actCommand } from '../shapes';

export const payoutReport = actCommand({
  name: 'payout report',
  summary: 'Report what became of a withdrawal.',
  usage: '--withdrawal ID --status sent|paid|returned --evidence FILE',
  about: `FILE is the bank's message: its receipt or its notification. The ledger gets its SHA-256. Never give the payment file:
most of it is public, and its digest would confirm a guess of names and accounts.`,
  example: '--withdrawal $WITHDRAWAL --status paid --evidence camt054.xml',
  options: { withdrawal: 'text', status: 'text', evidence: 'text' },
  act: 'payout.report',
  argument: async (given) => ({
    ...requiredMembersOf(given, { withdrawal_id: 'withdrawal', status: 'status' }),
    evidence_digest: toHex(await fileDigest(required(given, 'evidence'))),
  }),
});
