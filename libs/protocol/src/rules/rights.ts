import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { type Right, type Sale } from '../domain/right';
import { omit } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { assertNotBanned } from './bans';
import {
  assertHeldBy,
  assertHolder,
  assertInForce,
  changeHolder,
  requireRight,
  requireTransferable,
  type TransferState,
  type TransferWay,
} from './change-holder';
import { type IntentContext, ledgerTime } from './context';
import { requireActor, rightResult, rightWrite } from './issue-right';
import { divideSale } from './shares';

function outcome(right: Right): RuleOutcome {
  return { writes: [rightWrite(right)], result: rightResult(right) };
}

function handOver(
  state: TransferState,
  intent: Intent<'right.transfer' | 'right.gift'>,
  way: TransferWay,
  context: IntentContext,
): RuleOutcome {
  const { right_id, to } = intent.body;
  const transferable = requireTransferable(state, right_id);
  assertHeldBy(transferable.right, intent.actor, context.at);
  assertNotBanned(state.actor, 'transfer', transferable.artifact.risk.domains);
  return outcome(changeHolder(transferable, way, { id: to, actor: state.recipient }, context));
}

/** right.transfer: the holder hands the right on without a word on payment. Throws what `changeHolder` and `assertHeldBy` throw. */
export function transferRight(
  state: TransferState,
  intent: Intent<'right.transfer'>,
  context: IntentContext,
): RuleOutcome {
  return handOver(state, intent, 'transfer', context);
}

/** right.gift: the holder gives the right away. Throws what `changeHolder` and `assertHeldBy` throw. */
export function giftRight(
  state: TransferState,
  intent: Intent<'right.gift'>,
  context: IntentContext,
): RuleOutcome {
  return handOver(state, intent, 'gift', context);
}

/**
 * right.sell: seller and buyer have signed the same price (admission); the right moves and the price is divided between
 * maker, safety fund and seller. The ledger records what is owed, it moves no money.
 *
 * @throws RegistryError what `changeHolder` and `assertHeldBy` throw
 */
export function sellRight(
  state: TransferState,
  intent: Intent<'right.sell'>,
  context: IntentContext,
): RuleOutcome {
  const { right_id, buyer, price } = intent.body;
  const transferable = requireTransferable(state, right_id);
  const { license, artifact } = transferable;
  assertHeldBy(transferable.right, intent.actor, context.at);
  assertNotBanned(state.actor, 'transfer', artifact.risk.domains);
  const sold = changeHolder(transferable, 'sale', { id: buyer, actor: state.recipient }, context);
  const feeBps = context.parameters.risk_classes[artifact.risk.class].fee_bps;
  const shares = divideSale(price.amount, license.terms.resale_royalty_bps, feeBps);
  const sale: Sale = {
    right_id,
    version: sold.version,
    artifact_id: sold.artifact_id,
    seller: intent.actor,
    buyer,
    price,
    royalty: { payee: sold.maker, amount: shares.royalty },
    fee: { payee: 'safety-fund', amount: shares.fee },
    seller_amount: shares.seller,
    sold: ledgerTime(context),
  };
  return {
    writes: [rightWrite(sold), { kind: 'sale', id: ledgerKeys.sale(right_id, sold.version), value: sale }],
    result: rightResult(sold),
  };
}

export interface BequeathState extends Omit<TransferState, 'recipient'> {
  /** Under body.beneficiary; undefined where that is null. */
  readonly beneficiary: TransferState['recipient'];
}

/**
 * right.bequeath: the holder names who inherits and how long a claim has to wait, or clears it (beneficiary null). It
 * also stops a claim that is under way: the holder lives. To clear it the right need not be in force, else an heir could
 * let the waiting period pass under a suspension, in which the holder cannot object.
 *
 * @throws RegistryError RIGHT_UNKNOWN, NOT_HOLDER, RIGHT_NOT_ACTIVE, RIGHT_EXPIRED, LICENSE_UNKNOWN, ARTIFACT_UNKNOWN,
 *   TRANSFER_FORBIDDEN, WAITING_PERIOD_TOO_SHORT, ACTOR_UNKNOWN or ACTOR_BANNED
 */
export function bequeathRight(
  state: BequeathState,
  intent: Intent<'right.bequeath'>,
  context: IntentContext,
): RuleOutcome {
  const { right_id, beneficiary, waiting_period_s } = intent.body;
  const right = requireRight(state.right, right_id);
  assertHolder(right, intent.actor);
  const kept = omit(right, 'bequest');
  if (beneficiary === null) return outcome(kept);
  assertInForce(right, context.at);
  assertBequeathable(state, right, intent, context);
  return outcome({ ...kept, bequest: { beneficiary, waiting_period_s } });
}

function assertBequeathable(
  state: BequeathState,
  right: Right,
  { body, actor }: Intent<'right.bequeath'>,
  { parameters }: IntentContext,
): void {
  const subject = right.right_id;
  const { license, artifact } = requireTransferable(state, subject);
  assertNotBanned(state.actor, 'transfer', artifact.risk.domains);
  if (!license.terms.transfer.bequest) {
    throw new RegistryError('TRANSFER_FORBIDDEN', 'The license of the right does not permit a bequest.', {
      subject,
    });
  }
  if (body.waiting_period_s < parameters.bequest_min_waiting_s) {
    throw new RegistryError(
      'WAITING_PERIOD_TOO_SHORT',
      `A claim must wait at least ${parameters.bequest_min_waiting_s} s, so that a living holder can object.`,
      { subject: '/body/waiting_period_s' },
    );
  }
  if (body.beneficiary === actor) {
    throw new RegistryError('TRANSFER_FORBIDDEN', 'The holder cannot inherit from itself.', {
      subject: actor,
    });
  }
  requireActor(state.beneficiary, body.beneficiary ?? '');
}

export type ClaimState = Omit<TransferState, 'recipient'>;

/**
 * right.claim: the beneficiary's first claim starts the waiting period, the next one after its end moves the right. Any
 * act of the holder on the right in between cancels the claim.
 *
 * @throws RegistryError BEQUEST_UNKNOWN, WAITING_PERIOD, RIGHT_NOT_ACTIVE, RIGHT_EXPIRED and what `changeHolder` throws
 */
export function claimRight(
  state: ClaimState,
  intent: Intent<'right.claim'>,
  context: IntentContext,
): RuleOutcome {
  const transferable = requireTransferable(state, intent.body.right_id);
  const { right } = transferable;
  const { bequest } = right;
  if (bequest?.beneficiary !== intent.actor) {
    throw new RegistryError('BEQUEST_UNKNOWN', 'The right is not bequeathed to this actor.', {
      subject: right.right_id,
    });
  }
  assertInForce(right, context.at);
  assertNotBanned(state.actor, 'receive', transferable.artifact.risk.domains);
  if (bequest.claimed_at === undefined) {
    return outcome({ ...right, bequest: { ...bequest, claimed_at: context.at } });
  }
  const end = bequest.claimed_at + bequest.waiting_period_s;
  if (context.at < end) {
    throw new RegistryError('WAITING_PERIOD', `The waiting period ends at ${end}; it is now ${context.at}.`, {
      subject: right.right_id,
    });
  }
  return outcome(changeHolder(transferable, 'bequest', { id: intent.actor, actor: state.actor }, context));
}
