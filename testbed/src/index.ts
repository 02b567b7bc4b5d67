export { eventually } from './eventually';
export { fabricClient, submit, type ContractCall, type FabricClient } from './fabric-client';
export {
  databaseUrl,
  organization,
  runningNetwork,
  type NetworkFile,
  type Organization,
  type RunningNetwork,
} from './network-file';
export { isRunning, killHard, processOf } from './processes';
export { intentCall, LedgerActor } from './ledger-actor';
export { refusal } from './refusal';
export { GuardProcess, runGuard, type GuardExit } from './guarded-run';
export { ownSite, startOperatorSite, startOperatorSites, type OperatorSite } from './operator-site';
export { ProtectedArtifact } from './protected-artifact';
export { fabricIdentity, registryClient } from './registry-client';
export { startTpmSimulator, type TpmSimulator } from './tpm-simulator';
export { startGateway, type ExtraGateway } from './extra-gateway';
