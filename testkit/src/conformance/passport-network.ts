import { PassportFixture } from '../passport/passport-fixture.ts';
import type { Fixture } from './fixture.ts';

/** Gives the consortium of the running network; to be called inside a test. */
export type CurrentPassport = () => PassportFixture;

/** Founds the consortium on a network once, for all scenarios. */
export function foundOnce(fixture: Fixture): Promise<PassportFixture> {
  return PassportFixture.found(fixture.network.profile);
}
