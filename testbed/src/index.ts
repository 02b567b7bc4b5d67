export { fabricClient, submit, type FabricClient } from './fabric-client';
export { nativeSigner } from './native-signer';
export { organization, runningNetwork, type NetworkFile, type Organization, type RunningNetwork } from './network-file';
