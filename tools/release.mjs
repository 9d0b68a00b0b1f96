#!/usr/bin/env node
/**
 * Publishes every package whose version is not published yet; with --dry-run packs them all, looks into what was packed,
 * and publishes nothing. Versions and the change log come from changesets before this runs (see .changeset).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup/command.mjs';
import { pnpm } from './setup/install.mjs';
import { packageFolders } from './setup/stamp.mjs';

const FIELDS = ['description', 'license', 'repository', 'homepage', 'bugs', 'keywords', 'engines', 'exports', 'files'];
/** Nothing that needs the tools of development. */
const FORBIDDEN = /\.(test|fixture)\.|\.test\.helper\.|\.tsbuildinfo$|\.d\.ts\.map$/;
const MAX_PACKED_BYTES = 2_000_000;

const isDryRun = process.argv.includes('--dry-run');
const { command, args } = await pnpm();
const shell = process.platform === 'win32';
const run = (more, cwd = root) => spawnSync(command, [...args, ...more], { cwd, shell, encoding: 'utf8' });

const faults = [];
const folder = mkdtempSync(join(tmpdir(), 'framehub-release-'));
try {
  for (const path of packageFolders()) checkPackage(path);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
if (!isDryRun) {
  const { status, stdout, stderr } = run(['--recursive', 'publish', '--access', 'public', '--no-git-checks']);
  process.stdout.write(`${stdout}${stderr}`);
  process.exitCode = status ?? 1;
}

function checkPackage(path) {
  const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  if (manifest.private) return;
  for (const field of FIELDS) if (!manifest[field]) faults.push(`${path}/package.json lacks "${field}"`);
  const { status, stdout, stderr } = run(['pack', '--pack-destination', folder], join(root, path));
  if (status !== 0) {
    faults.push(`${path} cannot be packed:\n${stdout}${stderr}`);
    return;
  }
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const list = spawnSync('tar', ['-tzf', join(folder, archive)], { encoding: 'utf8' });
  const files = list.stdout
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
  const { length: bytes } = readFileSync(join(folder, archive));
  rmSync(join(folder, archive));
  for (const name of files.filter((file) => FORBIDDEN.test(file))) faults.push(`${path} packs ${name}`);
  for (const name of ['LICENSE', 'README.md', 'package.json'])
    if (!files.includes(name)) faults.push(`${path} does not pack ${name}`);
  if (bytes > MAX_PACKED_BYTES) faults.push(`${path} packs ${bytes} bytes, more than ${MAX_PACKED_BYTES}`);
  console.log(`${manifest.name}@${manifest.version}: ${files.length} files, ${Math.round(bytes / 1024)} KiB`);
}
