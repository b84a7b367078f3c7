import { randomBytes } from 'node:crypto'; import { mkdtempSync } from 'node:fs';
import { parseSourceId, sealClear } from '@passport/model';
import { openLmdbMemory, runFeed, crashReports, collisions, fleetPositions, defaultReadLimits } from './index.ts';
import { MemoryLedger } from './testing/memory-ledger.ts';
const source = parseSourceId('MakerMSP/x'); const D = '/work/shared/data/'; const l = { ...defaultReadLimits, spillDirectory: '/tmp/spill' };
const ledger = new MemoryLedger(source); const memory = await openLmdbMemory({ directory: mkdtempSync('/tmp/cm-'), source });
for (const feed of [crashReports({ ...l, path: D + 'nhtsa_sgo_crashes/crash_reports.csv' }), collisions({ ...l, collisionsPath: D + 'edinburgh_collisions/collisions.csv', vehiclesPath: D + 'edinburgh_collisions/vehicles.csv' }), fleetPositions({ ...l, path: D + 'capmetro_fleet/positions.parquet' })])
for (let i = 0; i < 2; i++) { const t = performance.now(); const r = await runFeed({ feed, source, writer: ledger, memory, seal: sealClear, randomBytes }); console.log(Math.round(performance.now() - t), 'ms', ledger.changes, JSON.stringify(r)); }
await memory.close();
