import { verifyReceiptFile } from '@maker-registry/verifier';
import { type Given, optional, required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { MAX_RECEIPT_BYTES } from '../limits';
import { oneWord } from '../words';

export const verifyReceiptCommand: CliCommand = {
  name: 'verify receipt',
  summary: 'Verify a receipt with nothing but the ledger’s genesis hash.',
  help: `registry verify receipt FILE --genesis HASH [--configurations FILE] [--operators K] [--sequence N]

Prints {"verdict","code","reason","checks","statement"}. A refused receipt is an answer, not an error: the exit code is 0, and
verdict tells. Needs no network and no gateway.

HASH is the SHA-256 of the genesis block's header: pin it once from a source you trust, e.g. the operators' publications. A core
is verified with --configurations, a whole receipt of the same ledger. --operators asks for more signatures than the channel's
own policy; --sequence is the number of a configuration you know of: a receipt that ends before it is refused, since operators
who have left since would count.

statement.transaction.valid tells whether the transaction took effect; an accepted receipt of a refused one proves that it has
none.

Example: registry verify receipt sale.receipt --genesis $GENESIS`,
  options: { genesis: 'text', configurations: 'text', operators: 'text', sequence: 'text' },
  takesWords: true,
  run: async ({ given, rest }) => {
    const file = oneWord(rest, 'receipt');
    const genesis = required(given, 'genesis');
    const other = optional(given, 'configurations');
    return verifyReceiptFile(await readInput(file, MAX_RECEIPT_BYTES), {
      genesis,
      ...(other === undefined ? {} : { configurations: await readInput(other, MAX_RECEIPT_BYTES) }),
      ...counts(given),
    });
  },
};

function counts(given: Given): { operators?: number; sequence?: number } {
  const number = (name: string): number | undefined => {
    const text = optional(given, name);
    return text === undefined ? undefined : wholeNumber(text, name, { min: 0, max: Number.MAX_SAFE_INTEGER });
  };
  const [operators, sequence] = [number('operators'), number('sequence')];
  return {
    ...(operators === undefined ? {} : { operators }),
    ...(sequence === undefined ? {} : { sequence }),
  };
}
