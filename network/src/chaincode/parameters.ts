import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fields } from '../decode';
import { genesisHash } from '../fabric/genesis';
import { CONVERGE_ATTEMPTS } from '../limits';
import { NetworkError } from '../network-error';
import { logFile } from '../paths';
import type { ToolResult } from '../process/run-tool';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { firstOperator, operators, regulators } from '../topology/queries';
import { invoke, query } from './invoke';

/** Codes that mean "somebody did this before": the network was started again after an interrupted run. */
const TRANSIENT =
  /no combination of peers|chaincode definition for|failed to connect|connection refused|MVCC_READ_CONFLICT|timed out/i;

/**
 * Puts the first parameters in force if the ledger has none: the first operator proposes policies/parameters.json (with
 * this network's genesis hash, operators and regulators), others approve until their majority is reached.
 */
export async function ensureParameters(site: Site): Promise<string> {
  if (await inForce(site)) return 'in force';
  const file = join(site.paths.root, site.topology.parametersFile);
  if (!existsSync(file))
    throw new NetworkError(
      `${file} is missing, so the network has no parameters.`,
      'Restore it, then run make up.',
    );
  const parameters = {
    ...fields(JSON.parse(readFileSync(file, 'utf8')), file),
    network: genesisHash(site),
    operators: operators(site.topology).map((operator) => operator.mspId),
    regulators: regulators(site.topology).map((regulator) => regulator.mspId),
  };
  const proposalId = await propose(site, JSON.stringify({ parameters }));
  for (const operator of operators(site.topology)) {
    if (await inForce(site)) break;
    await act(
      site,
      operator,
      ['parameters:Approve', JSON.stringify({ proposal_id: proposalId })],
      ['ALREADY_APPROVED', 'PROPOSAL_APPLIED'],
    );
  }
  if (!(await inForce(site)))
    throw failure(site, 'The operators approved the first parameters, but they are not in force', '');
  return 'proposed and approved';
}

async function inForce(site: Site): Promise<boolean> {
  const result = await settled(() => query(site, firstOperator(site.topology), ['parameters:Get']));
  if (result.ok) return true;
  if (errorOf(result)?.code === 'PARAMETERS_MISSING') return false;
  throw failure(site, 'The parameters cannot be read', result.stderr);
}

/** Proposes and returns the proposal's id, which the ledger tells (also when the proposal exists already). */
async function propose(site: Site, argument: string): Promise<string> {
  const call = ['parameters:Propose', argument];
  const preview = await settled(() => query(site, firstOperator(site.topology), call));
  const error = errorOf(preview);
  if (error?.code === 'PROPOSAL_EXISTS' && error.subject !== undefined) return error.subject;
  if (!preview.ok) throw failure(site, 'The first parameters are refused', preview.stderr);
  const { id } = JSON.parse(preview.stdout) as { id?: string };
  if (id === undefined) throw failure(site, 'The ledger named no proposal', preview.stdout);
  await act(site, firstOperator(site.topology), call, ['PROPOSAL_EXISTS']);
  return id;
}

async function act(
  site: Site,
  operator: Organization,
  call: readonly string[],
  fine: readonly string[],
): Promise<void> {
  const result = await settled(() => invoke(site, operator, call));
  if (result.ok || fine.includes(errorOf(result)?.code ?? '')) return;
  throw failure(site, `${operator.name} could not call ${call[0] ?? ''}`, result.stderr);
}

/** Repeats a call while the answer only says that the network is still coming up. */
async function settled(call: () => Promise<ToolResult>): Promise<ToolResult> {
  let result = await call();
  for (
    let attempt = 1;
    attempt < CONVERGE_ATTEMPTS && !result.ok && TRANSIENT.test(result.stderr);
    attempt += 1
  )
    result = await call();
  return result;
}

/** The registry's error inside what the peer command printed. */
export function errorOf(
  result: ToolResult,
): { readonly code: string; readonly subject: string | undefined } | undefined {
  if (result.ok) return undefined;
  const plain = result.stderr.replaceAll('\\"', '"');
  const code = /"code":"([A-Z][A-Z0-9_]+)"/.exec(plain)?.[1];
  return code === undefined ? undefined : { code, subject: /"subject":"([^"]+)"/.exec(plain)?.[1] };
}

function failure(site: Site, what: string, said: string): NetworkError {
  const log = logFile(site.paths, `cli-${firstOperator(site.topology).name}`);
  return new NetworkError(
    `${what}. ${said.trim()}`.trim(),
    'Read the log and the logs of the chaincode services.',
    { log },
  );
}
