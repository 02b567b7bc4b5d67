import {
  GATEWAY_HELP,
  gatewayOptions,
  type Given,
  keysFor,
  openPinned,
  optional,
  readContentKeyFile,
  readKeyShareFile,
  required,
} from '@maker-registry/guard';
import {
  ClientError,
  type DepositOutcome,
  type DepositTarget,
  depositWithOperators,
  type KeyDeposit,
  readActorKeyFile,
} from '@maker-registry/sdk';
import { type CliCommand, type CliContext } from '../command';
import { withClient } from '../submit';
import { wrappingKey } from '../wrapping-key';

/** What is to be deposited, and with whom: undefined for whoever is pinned. */
interface Secrets extends KeyDeposit {
  readonly operators: readonly string[] | undefined;
  readonly forget: () => void;
}

export const keyDeposit: CliCommand = {
  name: 'key deposit',
  summary: 'Entrust a content key, or its shares, to operators.',
  help: `registry key deposit (--key FILE | --shares FILE) --actor-key FILE [--state DIR]
registry key deposit (--key FILE | --shares FILE) --actor-key FILE --operator MSP_ID (--fingerprint HEX | --trust-first)

Encrypts to the wrapping key in each operator's HSM and hands it to the operator's gateway, which releases it to attested
holders of rights. --key gives each of them the whole key, so that any of them can release it and none is needed; --shares
(registry key split) gives each its own share. Without --operator it goes to every operator that is pinned in --state (guard
pin, guard enroll), encrypted to the pinned keys; with --operator to the one at --gateway, whose keys must have this
fingerprint: a gateway could name a wrapping key of its own. --trust-first takes the key unseen. Repeat it at any time, for
instance after an operator has rotated its wrapping key and was pinned anew: rights are not touched. Of a key that is split
on the ledger --key sends nothing, nor --shares to two operators with one wrapping key.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    key: 'text',
    shares: 'text',
    state: 'text',
    operator: 'text',
    fingerprint: 'text',
    'trust-first': 'switch',
    'actor-key': 'text',
  },
  isBad: (result) => (result as { deposits: readonly DepositOutcome[] }).deposits.some(isFailed),
  run: async ({ given }, context) => {
    const maker = await readActorKeyFile(required(given, 'actor-key'));
    const secrets = await readSecrets(given);
    try {
      const deposits = await withTargets(given, context, secrets, (targets) =>
        depositWithOperators(maker, secrets, targets),
      );
      return { artifact_id: secrets.artifactId, version: secrets.version, deposits };
    } finally {
      secrets.forget();
    }
  },
};

function isFailed({ status }: DepositOutcome): boolean {
  return status === 'failed';
}

async function readSecrets(given: Given): Promise<Secrets> {
  const sharesFile = optional(given, 'shares');
  if ((sharesFile === undefined) === (optional(given, 'key') === undefined)) {
    throw new ClientError('USAGE', 'Give either --key or --shares.', { subject: 'key' });
  }
  if (sharesFile === undefined) {
    const { artifactId, keyVersion, contentKey } = await readContentKeyFile(required(given, 'key'));
    return {
      ...{ artifactId, version: keyVersion, operators: undefined },
      secretOf: () => contentKey,
      forget: () => contentKey.fill(0),
    };
  }
  const { artifactId, keyVersion, shares } = await readKeyShareFile(sharesFile);
  return {
    ...{ artifactId, version: keyVersion, operators: shares.map(({ operator }) => operator) },
    secretOf: (operator) => {
      const found = shares.find((one) => one.operator === operator);
      if (found !== undefined) return found.share;
      throw new ClientError('USAGE', `There is no share for ${operator} in ${sharesFile}.`, {
        subject: operator,
      });
    },
    forget: () => {
      for (const { share } of shares) share.fill(0);
    },
  };
}

async function withTargets<T>(
  given: Given,
  context: CliContext,
  { operators }: Secrets,
  work: (targets: readonly DepositTarget[]) => Promise<T>,
): Promise<T> {
  const operator = optional(given, 'operator');
  if (operator !== undefined) {
    return await withClient(given, context, async (client) =>
      work([{ operator, client, wrapKey: wrappingKey(await client.trust.jwks(), given) }]),
    );
  }
  const { pinned, gateways } = await openPinned(given, context.environment);
  try {
    const wanted = operators ?? pinned.operators.map(({ mspId }) => mspId);
    return await work(
      wanted.map((mspId) => {
        const client = gateways.all.find((one) => one.mspId === mspId)?.client;
        const [wrapKey] = keysFor(
          { ...pinned, operators: pinned.operators.filter((one) => one.mspId === mspId) },
          'wrap',
        );
        if (client !== undefined && wrapKey !== undefined) return { operator: mspId, client, wrapKey };
        throw new ClientError(
          'KEYS_NOT_PINNED',
          `${mspId} is not pinned with its gateway. Run: guard pin --operator ${mspId}`,
          {
            subject: mspId,
          },
        );
      }),
    );
  } finally {
    gateways.close();
  }
}
