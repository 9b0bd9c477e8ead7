// The allow-list of imports. Layers of server/src from the ground up; a layer may import those before it, siblings never each other.
const layers = [
  ['platform'],
  ['tenants'],
  ['rights', 'audit', 'usage', 'events'],
  ['messaging'],
  ['identity'],
  ['stations'],
  ['subscribers'],
  ['billing'],
  ['sessions'],
  ['certificates', 'energy', 'roaming'],
  ['monitoring'],
  ['text-charging', 'operations', 'finder'],
]
const features = layers.flat()
const feature = (name) => `^server/src/${name}/`
const tests = '\\.test\\.tsx?$|/testing[^/]*\\.ts$'

const doorOf = (name) => [
  `${feature(name)}index\\.ts$`,
  `${feature(name)}rules/`,
  `${feature(name)}texts\\.`,
  // The model is types alone; rules take it without the door, which would bring the feature along.
  '^server/src/stations/model\\.ts$',
]

const upward = layers.flatMap((layer, height) =>
  layer.map((name) => {
    const above = [...layers.slice(height + 1).flat(), ...layer.filter((sibling) => sibling !== name)]
    return {
      name: `${name}-imports-only-downward`,
      comment: `What ${name} needs from above is a function that app.ts hands in.`,
      severity: 'error',
      from: { path: feature(name), pathNot: tests },
      to: { path: above.map(feature).concat('^server/src/(app|main|demo|command)') },
    }
  }),
)

module.exports = {
  forbidden: [
    ...upward,
    ...features
      .filter((name) => name !== 'platform')
      .flatMap((name) => [
        {
          name: `${name}-through-its-door`,
          comment: 'Other features import a folder through its index.ts only; rules may import rules.',
          severity: 'error',
          from: { path: '^(server/src|bench)/', pathNot: [feature(name), tests] },
          to: { path: feature(name), pathNot: doorOf(name) },
        },
        {
          name: `${name}-from-outside-through-its-door`,
          comment: 'What tries or draws the whole also takes what tests are given, and the table of protocols.',
          severity: 'error',
          from: { path: '^(tools|e2e|docs|bin)/', pathNot: tests },
          to: {
            path: feature(name),
            pathNot: [...doorOf(name), '/testing[^/]*\\.ts$', '^server/src/stations/protocols/index\\.ts$'],
          },
        },
      ]),
    {
      name: 'rules-are-reached-by-rules-only',
      comment: 'Past the door, only rules import rules of lower features.',
      severity: 'error',
      from: { path: '^server/src/([^/]+)/', pathNot: ['/rules/', tests] },
      to: { path: '^server/src/([^/]+)/rules/', pathNot: '^server/src/$1/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'Decisions: values in, values out. Only units, result, and rules and model types of lower features.',
      severity: 'error',
      from: { path: '^server/src/[^/]+/rules/', pathNot: tests },
      to: {
        pathNot: [
          '^units/',
          '^server/src/platform/result\\.ts$',
          '^server/src/[^/]+/rules/',
          '^server/src/stations/model\\.ts$',
        ],
      },
    },
    {
      name: 'only-stations-speak-ocpp',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['^server/src/stations/(protocols|gateway)/', tests] },
      to: { path: '^ocpp/' },
    },
    {
      name: 'units-import-nothing',
      severity: 'error',
      from: { path: '^units/', pathNot: tests },
      to: { pathNot: '^units/' },
    },
    {
      name: 'ocpp-knows-no-business',
      severity: 'error',
      from: { path: '^ocpp/', pathNot: tests },
      to: { path: '^(server|simulator|portals|units|bench)/' },
    },
    {
      name: 'simulator-knows-no-server',
      severity: 'error',
      from: { path: '^simulator/', pathNot: tests },
      to: { path: '^(server|portals|bench)/' },
    },
    {
      name: 'portals-know-no-server',
      severity: 'error',
      from: { path: '^portals/', pathNot: tests },
      to: { path: '^(server|simulator|ocpp|bench)/' },
    },
    {
      name: 'console-and-driver-share-parts-only',
      comment: 'What both use stands in parts.',
      severity: 'error',
      from: { path: '^portals/src/(driver|parts|live|look)/', pathNot: tests },
      to: { path: '^portals/src/console/' },
    },
    {
      name: 'console-knows-no-driver',
      severity: 'error',
      from: { path: '^portals/src/(console|parts|live|look)/', pathNot: tests },
      to: { path: '^portals/src/driver/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-is-found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(vite/client|geojson|topojson-specification|.*\\.css|.*\\.woff2)' },
    },
    {
      name: 'no-dev-dependency-in-the-server',
      severity: 'error',
      from: { path: '^(server/src|ocpp|units|simulator|bin)/', pathNot: [tests, 'testing'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
