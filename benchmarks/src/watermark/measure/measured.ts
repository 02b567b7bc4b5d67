import { type Medium } from '@maker-registry/watermark';
import { type ContentResult } from './measure-content';
import { type UnmarkedResult } from './tasks';

/** Everything that was measured, before it is told. */
export interface Measured {
  readonly corpus: { readonly name: string; readonly sha256: string; readonly contents: number };
  readonly contents: readonly (ContentResult & { readonly medium: Medium })[];
  readonly unmarked: readonly (UnmarkedResult & { readonly medium: Medium })[];
  readonly seconds: Readonly<Partial<Record<Medium, number>>>;
}
