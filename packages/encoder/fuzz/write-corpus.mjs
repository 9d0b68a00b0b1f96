#!/usr/bin/env node
// Writes the JPEGs that are damaged into a folder, for turbo-asan: node write-corpus.mjs FOLDER. Prints the library's path.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTurboLibrary } from '../dist/codec/turbo-library.js';
import { turboPath } from '../dist/images.fixture.js';
import { corpus } from './corpus.mjs';
import { loadKoffi } from './guard-pages.mjs';

const path = await turboPath();
if (!path) throw new Error('there is no libjpeg-turbo 3.1 on this machine');
const files = corpus(openTurboLibrary(loadKoffi(), path));
for (const [i, file] of files.entries()) writeFileSync(join(process.argv[2], `${i}.jpg`), file);
console.log(path);
