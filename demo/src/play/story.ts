import type { OutputMark } from '@maker-registry/guard';
import type { RegistryClient, SoftwareActorKey, SoftwareAttestationKey } from '@maker-registry/sdk';
import type { Closers } from './closers';
import type { NetworkFile } from './network';
import type { Report } from './report';

/** An actor of the story. */
export interface Party {
  readonly name: string;
  readonly key: SoftwareActorKey;
  /** The same key as a file, for programs that sign in its name. */
  readonly keyFile: string;
}

/** What steps make for later steps. */
export interface Made {
  /** Interpreter with numpy and tokenizers. */
  readonly python: string;
  /** Folder of the model's files, as its package carries them. */
  readonly modelFolder: string;
  readonly maker: Party;
  readonly firstBuyer: Party;
  readonly secondBuyer: Party;
  readonly licenseId: string;
  readonly artifactId: string;
  /** Encrypted weights. */
  readonly container: string;
  /** The operators that the maker entrusts the content key to. */
  readonly keyHolders: readonly OperatorDesk[];
  readonly rightId: string;
  readonly device: Device;
  /** File with the first buyer's rights token. */
  readonly firstToken: string;
  readonly serving: Serving;
  /** Makers of generating models, in the order of the lineage. */
  readonly studios: readonly GeneratingStudio[];
  /** Who sells and settles. */
  readonly platform: Party;
  /** One picture of each studio, each derived from the one before. */
  readonly pictures: readonly RecordedPicture[];
  readonly settlementId: string;
}

/** A maker with a generating model, the key that attests for it, and a scheme with its secret key. */
export interface GeneratingStudio {
  readonly owner: Party;
  readonly key: SoftwareAttestationKey;
  readonly modelRef: string;
  readonly schemeRef: string;
  readonly mark: OutputMark;
}

/** A picture whose record is on the ledger. */
export interface RecordedPicture {
  readonly file: string;
  readonly modelRef: string;
  readonly contentHash: string;
}

/** One operator's gateway, and the way to it. */
export interface OperatorDesk {
  readonly mspId: string;
  readonly url: string;
  /** File with the CA of its certificate. */
  readonly ca: string;
  readonly client: RegistryClient;
}

export interface Device {
  readonly tcti: string;
  /** The guard's own folder: device keys, pinned keys, lists seen. */
  readonly state: string;
  readonly deviceId: string;
}

/** A command that runs under the guard. */
export interface Serving {
  readonly pid: number;
  /** Lines it has printed so far. */
  readonly lines: () => readonly string[];
  /** Exit code of the guard; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

export interface Story {
  /** Root of the clone. */
  readonly root: string;
  /** Distinguishes this run: part of every name on the ledger. */
  readonly run: string;
  /** Folder of this run, under .run/demo. */
  readonly folder: string;
  readonly network: NetworkFile;
  readonly registry: RegistryClient;
  readonly closers: Closers;
  readonly report: Report;
  readonly made: { -readonly [Name in keyof Made]?: Made[Name] };
  /** Number of the step at work. */
  currentStep: number;
}

/** What an earlier step made. */
export function made<Name extends keyof Made>(story: Story, name: Name): Made[Name] {
  const value = story.made[name];
  if (value === undefined) throw new Error(`No earlier step made "${name}"`);
  return value;
}
