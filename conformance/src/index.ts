export { PKITS_CASES, type PkitsCase } from './pkits-cases';
