export { ActorsContract } from './actors';
export { ArtifactsContract } from './artifacts';
export { KeysContract } from './keys';
export { LicensesContract } from './licenses';
export { ParametersContract } from './parameters';
export { ReviewsContract } from './reviews';
export { RevocationsContract } from './revocations';
export { RightsContract } from './rights';
