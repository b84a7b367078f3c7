import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';

/**
 * The direction of imports, written once: a package imports only from those above it. The list is
 * longer than today's folders on purpose; a package that moves in has its place already.
 */
const order = [
  'oracle',
  'model',
  'privacy',
  'runtime',
  'local-servers',
  'event-log',
  'chaincode',
  'devnet',
  'ledger-client',
  'vin-registry',
  'connectors',
  'ledger-listener',
  'speed-layer',
  'batch-layer',
  'serving-api',
  'client',
  'web',
  'testkit',
  'sandbox',
  'bench',
  'deploy',
  'test',
];

/** Who may import the testkit, apart from tests. */
const usersOfTestkit = ['testkit', 'bench', 'deploy', 'test'];

const testFile = String.raw`\.test\.ts$`;

/** What the tests of one package share lies in folders of this name. */
const testHelper = '/testing/';

/** A pattern for everything in the folders. */
function within(folders: readonly string[]): string {
  return `^(${folders.join('|')})/`;
}

function onlyFromAbove(folder: string, place: number): IForbiddenRuleType {
  const below = order.slice(place + 1);
  return {
    name: `direction-${folder}`,
    comment: `${folder} imports only from the packages above it in .dependency-cruiser.ts.`,
    severity: 'error',
    from: { path: within([folder]) },
    to: { path: within(below), pathNot: within(['testkit']) },
  };
}

const configuration: IConfiguration = {
  forbidden: [
    ...order.slice(0, -1).map(onlyFromAbove),
    {
      name: 'testkit-is-for-tests',
      comment: 'The testkit is imported by tests and benchmarks, never by product code.',
      severity: 'error',
      from: { path: within(order), pathNot: [within(usersOfTestkit), testFile, testHelper] },
      to: { path: within(['testkit']) },
    },
    {
      name: 'oracle-stands-alone',
      comment:
        'The oracle shares no code with what it checks: it imports nothing of the workspace.',
      severity: 'error',
      from: { path: within(['oracle']), pathNot: testFile },
      to: { path: within(order.filter((folder) => folder !== 'oracle')) },
    },
    {
      name: 'oracle-is-for-checking',
      comment: 'Only what checks answers, and tests, may ask the oracle.',
      severity: 'error',
      from: {
        path: within(order),
        pathNot: [within(['oracle', 'client', ...usersOfTestkit]), testFile, testHelper],
      },
      to: { path: within(['oracle']) },
    },
    {
      name: 'no-import-of-tests',
      comment: 'A test file is imported by nothing.',
      severity: 'error',
      from: {},
      to: { path: testFile },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'What tests share, in a folder testing/, is imported by tests and benchmarks only.',
      severity: 'error',
      from: { pathNot: [testFile, testHelper, '^bench/'] },
      to: { path: testHelper, pathNot: 'node_modules' },
    },
    {
      name: 'no-relative-path-across-packages',
      comment: 'Another package is imported by its name, @passport/…, through its exports.',
      severity: 'error',
      from: { path: '^([^/]+)/.+' },
      to: {
        path: within(order),
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'no-cycle',
      comment:
        'Two files that import each other are one idea: merge them, or cut out what they share.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript interface that could parse for us; swc sees type
    // imports too. It does not know `using` declarations and stops at one.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`^(node_modules|\.cache|\.data|\.artifacts)/` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts'],
    },
  },
};

export default configuration;
