import { assertSchema, type JsonSchema } from '@maker-registry/protocol';
import { writeSecretFile } from '@maker-registry/sdk';
import { type Debtor, iso20022Rail } from '@maker-registry/payouts';
import { required } from '@maker-registry/guard';
import { collect } from '../collect';
import { membersOf } from '../given-members';
import { readJsonFile } from '../json-file';
import { payableBatch, readInstructions } from '../payout-batch';
import { readCommand } from '../shapes';

const MS_PER_S = 1_000;
const TEXT: JsonSchema = { type: 'string' };
/** A form only; the rail judges name and account. */
const DEBTOR: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'iban', 'bic'],
  properties: { name: TEXT, iban: TEXT, bic: TEXT },
};

export const payoutExport = readCommand({
  name: 'payout export',
  summary: 'Write a bank’s payment file for requested withdrawals.',
  usage: `--instructions FOLDER --debtor FILE --message-id ID --on YYYY-MM-DD --out FILE
    --table FILE [--currency EUR]`,
  about: `--instructions is a folder with the beneficiaries' payout instructions, one in each file; a withdrawal whose
instruction is not there is left out and listed. --debtor is your account: JSON {"name","iban","bic"}. --message-id is new
each time, --on the day of execution. --out gets the payment file (pain.001), personal data that only you can read; --table
says which payment is which withdrawal. Keep all tables: registry payout reconcile needs them. Ask your own operator's
gateway: what it lists is paid.`,
  example: `--instructions instructions/ --debtor debtor.json --message-id OP1-1 --on 2026-12-01 \\
    --out pay.xml --table tables/1.json`,
  options: {
    instructions: 'text',
    debtor: 'text',
    'message-id': 'text',
    on: 'text',
    out: 'text',
    table: 'text',
    currency: 'text',
  },
  read: (given) => {
    const [file, table, folder] = [
      required(given, 'out'),
      required(given, 'table'),
      required(given, 'instructions'),
    ];
    const [messageId, requestedOn, debtorFile] = [
      required(given, 'message-id'),
      required(given, 'on'),
      required(given, 'debtor'),
    ];
    return async ({ read }) => {
      const debtor = await readJsonFile(debtorFile);
      assertSchema(DEBTOR, debtor);
      const instructions = await readInstructions(folder);
      const filter = { status: 'requested', ...membersOf(given, { currency: 'currency' }) } as const;
      const withdrawals = await collect(read.royalties.withdrawals(filter));
      const { payments, withoutInstruction } = payableBatch(withdrawals, instructions);
      const createdAt = Math.floor(Date.now() / MS_PER_S);
      const { text, exported } = iso20022Rail.exportBatch({
        ...{ messageId, createdAt, requestedOn, payments },
        debtor: debtor as unknown as Debtor,
      });
      // The table first: a payment file without one could not be reconciled.
      await writeSecretFile(table, `${JSON.stringify(Object.fromEntries(exported), null, 2)}\n`);
      await writeSecretFile(file, text);
      return { file, table, payments: payments.length, without_instruction: withoutInstruction };
    };
  },
});
