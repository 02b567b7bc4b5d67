export { MIGRATIONS } from './migrations';
export { migrate, SCHEMA } from './migrate';
export { HEAD_CHANNEL } from './write-batch';
