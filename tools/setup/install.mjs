import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, root, runStep } from './command.mjs';
import { contentFingerprint, packageFolders, Stamp } from './stamp.mjs';

/** Installs the packages that the lockfile names, unless just these are installed, for this Node and platform. */
export async function ensureInstalled() {
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  const manifests = packageFolders().map((folder) => `${folder}/package.json`);
  const { platform, arch, versions } = process;
  const wanted = contentFingerprint([...inputs, ...manifests], platform, arch, versions.modules);
  const stamp = new Stamp('installed');
  if (stamp.is(wanted)) return;

  const { command, args } = await pnpm();
  await runStep('installing packages', command, [...args, 'install', '--frozen-lockfile'], {
    // Without a terminal pnpm would ask before it replaces a node_modules of another kind.
    env: { CI: 'true' },
    note: 'once, about 150 MB',
    shell: process.platform === 'win32',
    hint: 'is the network there, and does npm reach its registry?',
  });
  stamp.write(wanted);
}

/** The version of pnpm that package.json names: from the PATH when it is that one, else through npx. */
export async function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = packageManager.split('@')[1];
  const shell = process.platform === 'win32';
  const installed = await outputOf('pnpm', ['--version'], { env: { COREPACK_ENABLE_NETWORK: '0' }, shell });
  if (installed === version) return { command: 'pnpm', args: [] };
  return { command: 'npx', args: ['--yes', packageManager] };
}
