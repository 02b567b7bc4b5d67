export { registry } from './registry';
export { rootDigest, type RootDigest } from './root-digest';
