// The architecture as rules: which folder may import which. Reasons are in docs/architecture.md.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^(src|webview|extension)', pathNot: [from, ...allowed].map((f) => `^src/${f}/`) },
});
const never = (name, from, to) => ({
  name,
  severity: 'error',
  from: { pathNot: '\\.test\\.ts$', ...from },
  to,
});

/** Answers about configurations, in a worker thread of the extension host. */
const LANGUAGE_SERVER = '^src/host/language/server/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
    only('common-stands-alone', 'common', []),
    only('formats-stand-alone', 'formats', ['common']),
    only('graph-knows-only-common', 'graph', ['common']),
    only('models-know-graph', 'models', ['common', 'graph']),
    only('heads-know-graph', 'heads', ['common', 'graph']),
    only('config-knows-models-and-heads', 'config', ['common', 'models', 'heads']),
    only('language-knows-config-and-models', 'language', ['common', 'config', 'models', 'heads']),
    only('lowerings-know-graph', 'lower', ['common', 'graph', 'formats']),
    never(
      'lowerings-apart',
      { path: '^src/lower/([^/]+)/' },
      { path: '^src/lower/([^/]+)/', pathNot: '^src/lower/$1/' },
    ),
    only('net-stands-on-common', 'net', ['common']),
    only('drive-is-transport', 'drive', ['common', 'net']),
    only('hub-is-transport', 'hub', ['common', 'formats', 'models', 'net']),
    only('kernels-stand-alone', 'kernels', ['common']),
    only('eval-is-numeric', 'eval', ['common', 'formats', 'kernels', 'data', 'config']),
    only('run-is-protocol', 'run', ['common', 'formats']),
    never(
      'vscode-only-in-host',
      { pathNot: ['^src/host/', '^extension\\.ts$', '^test/e2e/'] },
      { path: '^vscode$' },
    ),
    never(
      'host-spawns-the-trainer',
      { path: '^(src/host/|extension\\.ts)', pathNot: LANGUAGE_SERVER },
      { path: '^src/(train|features|engine|lower|kernels|data|cli)/' },
    ),
    never(
      'language-server-in-its-thread',
      { path: '^(src/host/|extension\\.ts)', pathNot: LANGUAGE_SERVER },
      { path: LANGUAGE_SERVER },
    ),
    never(
      'language-server-is-light',
      { path: LANGUAGE_SERVER },
      { path: ['^vscode$', '^src/(train|features|engine|lower|kernels|cli)/'] },
    ),
    never(
      'webview-knows-messages-only',
      { path: '^webview/training/' },
      {
        path: '^(src|extension)',
        pathNot: [
          '^src/run/(error-location|events|feature-progress|record|remedies|messages|history|snapshot|sweep-record|sweep-score|sweep-time)\\.ts$',
          '^src/common/',
        ],
      },
    ),
    never(
      'gallery-knows-its-messages-only',
      { path: '^webview/retrieval/' },
      { path: '^(src|extension)', pathNot: ['^src/run/retrieval-messages\\.ts$', '^src/common/'] },
    ),
    never(
      'experiment-editor-knows-the-language',
      { path: '^webview/editor/' },
      { path: '^(src|extension)', pathNot: '^src/(language|config|heads|common)/' },
    ),
    never(
      'tfjs-in-its-places',
      { path: '^(src|webview|extension)', pathNot: '^src/(lower/tfjs|train|engine)/' },
      { path: 'node_modules/@tensorflow' },
    ),
    never(
      'onnxruntime-in-its-places',
      { path: '^(src|webview|extension)', pathNot: '^src/lower/onnx/' },
      { path: 'node_modules/onnxruntime' },
    ),
    never('cli-is-the-top', { path: '^src/(?!cli/)' }, { path: '^src/cli/' }),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src/kernels/assembly|test/.cache)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
