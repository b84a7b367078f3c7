import type { BlockFollower } from '../block-follower.ts';
import type { Members } from '../members.ts';
import type { Terminal } from '../terminal.ts';

/** What the parts of the demonstration share. */
export type DemoContext = {
  readonly terminal: Terminal;
  readonly members: Members;
  readonly blocks: BlockFollower;
  /** Address of the devnet's controls. */
  readonly control: string;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
};
