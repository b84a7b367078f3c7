import { consortium, limits } from './consortium.ts';
import { startDevnetProcess } from './devnet-process.ts';
import { freeAddress } from './free-address.ts';
import type { TestNetwork } from './test-network.ts';
import { startPassportServer } from './passport-server.ts';
import { startProbeServer } from './probe-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Clocks of the organisations' chaincode servers, which differ in minutes and hours, so that a result
 * that depends on either is refused.
 */
const clocks = [
  undefined,
  { shiftMs: 90_000, timeZone: 'Pacific/Kiritimati' },
  { shiftMs: -90_000, timeZone: 'Pacific/Marquesas' },
] as const;

/** Long enough for two transactions, sent one after the other, to get into one block. */
const BATCH_TIMEOUT_MS = 40;

const SERVER_STOP_MS = 5_000;

type Closer = () => Promise<unknown>;

/**
 * Starts a devnet with the chaincodes `probe` and `passport`, which a majority endorses, and `open`,
 * which any one organisation endorses. Organisations have chaincode servers on different clocks.
 */
export async function startDevnetNetwork(): Promise<TestNetwork> {
  const closers: Closer[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await temporaryFolder('devnet');
    closers.push(() => folder.remove());
    const probes = await Promise.all(
      clocks.map(async (clock) =>
        startProbeServer({
          address: await freeAddress(),
          packageId: 'probe',
          ...(clock === undefined ? {} : { clock }),
        }),
      ),
    );
    closers.push(() => Promise.all(probes.map((probe) => probe.stop())));
    const open = await startProbeServer({ address: await freeAddress(), packageId: 'open' });
    closers.push(() => open.stop());
    const contracts: string[] = [];
    for (const clock of clocks) {
      const server = { address: await freeAddress(), packageId: 'passport' };
      const started = await startPassportServer({
        ...server,
        ...(clock === undefined ? {} : { clock }),
      });
      closers.push(() => started.stop(SERVER_STOP_MS));
      contracts.push(server.address);
    }
    const devnet = await startDevnetProcess({
      directory: folder.path,
      organisations: consortium.map((organisation, index) => ({
        ...organisation,
        chaincodes: {
          probe: probes[index % probes.length]?.address ?? '',
          open: open.address,
          passport: contracts[index % contracts.length] ?? '',
        },
      })),
      chaincodes: { open: { endorsement: 'ANY' } },
      batch: { timeoutMs: BATCH_TIMEOUT_MS },
      executeTimeoutMs: limits.executeTimeoutMs,
      control: {},
      logLevel: 'warn',
    });
    closers.push(() => devnet.stop(10_000));
    return { kind: 'devnet', clocksDiffer: true, profile: devnet.profile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
