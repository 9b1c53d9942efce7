/**
 * Installs what the tests need besides the project's own dependencies: other Nodes, packages for the equivalence test,
 * a VS Code in a browser. What is there already, by its content, takes no time; see cache.mts. A test file that runs by
 * itself installs what it needs, but that may take longer than a test should.
 */
import { packages } from '../supervisor/equivalence-apps/packages.ts';
import { pipelinePackages } from '../supervisor/pipeline-apps.ts';
import { nodeBinary, nodeMajors } from './node-versions.mts';
import { ensurePrograms } from './programs.mts';
import { ensurePythonPackages } from './python.mts';
import { ensureRubyPackages } from './ruby.mts';
import { ensureVSCodeWeb } from './setup-vscode-web.mts';

// One after the other: two installations at once take as long, and more memory.
for (const major of nodeMajors) await nodeBinary(major);
await packages();
await pipelinePackages();
ensurePythonPackages();
ensureRubyPackages();
ensurePrograms();
await ensureVSCodeWeb();
