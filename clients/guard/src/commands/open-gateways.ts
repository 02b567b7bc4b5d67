import { defaultStateDirectory, StateDirectory } from '../state/state-directory';
import { gatewaysOf, type OperatorGateways } from '../trust/operator-gateways';
import { type PinnedOperators, requirePinned } from '../trust/pinned-operators';
import { type Given, namedGateway, openClient, optional } from './options';

/** The named gateway and those of all pinned operators. */
export async function openGateways(
  given: Given,
  environment: NodeJS.ProcessEnv,
  pinned: PinnedOperators,
): Promise<OperatorGateways> {
  const named = await namedGateway(given, environment);
  const known = pinned.operators.some(({ gateway }) => gateway !== undefined);
  if (named === undefined && known) return gatewaysOf(pinned, undefined);
  const client = await openClient(given, environment, pinned.network);
  return gatewaysOf(pinned, { url: named?.url ?? '', client });
}

/** What is pinned in --state, with its gateways. Throws KEYS_NOT_PINNED. */
export async function openPinned(
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly pinned: PinnedOperators; readonly gateways: OperatorGateways }> {
  const state = await StateDirectory.open(optional(given, 'state') ?? defaultStateDirectory(environment));
  const pinned = await requirePinned(state);
  return { pinned, gateways: await openGateways(given, environment, pinned) };
}
