import { maskedText } from '@framehub/frame';
import { version } from '@framehub/hub';
import { didYouMean } from '@framehub/settings';
import { Command, CommanderError, Help, Option } from 'commander';
import { expandArguments } from './arguments/expand.js';
import { addCameraOptions, addServeOptions } from './arguments/options.js';
import { addCollectOptions, addRenderOptions, collectHelp } from './arguments/timelapse-options.js';
import { failureOf, usageError } from './errors.js';
import { cameraHelp, examples } from './help.js';

/** Runs the command; its exit code is in `process.exitCode`. Prints one line of each error. */
export async function main(args: readonly string[]): Promise<void> {
  // In `framehub --help | head` the reader leaves early, which is no error.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  try {
    await run(args);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const { lines, exitCode } = failureOf(
      error,
      args.some((arg) => /^--?verbose$/.test(arg)),
    );
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exitCode = exitCode;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const program = buildProgram();
  const [first = 'serve', ...rest] = args;
  if (/^(-h|--?help|help|-V|--?version)$/.test(first)) {
    const option = /^-V$|version/.test(first) ? '--version' : '--help';
    await program.parseAsync(first === 'help' ? [...rest, option] : [option], { from: 'user' });
    return;
  }
  const isOption = first.startsWith('-');
  const command = commandNamed(program, isOption ? 'serve' : first);
  const words = isOption ? args : rest;
  // A group without options of its own needs one of its commands.
  const isGroup = command.commands.length > 0;
  const isInner = isGroup && (words[0] === undefined ? command.options.length === 0 : !words[0].startsWith('-'));
  if (isInner) commandNamed(command, words[0]);
  const tokens = isInner ? words : expandArguments(command, words);
  await program.parseAsync([command.name(), ...tokens], { from: 'user' });
}

function commandNamed(group: Command, name: string | undefined): Command {
  const names = group.commands.map((candidate) => candidate.name());
  const command = group.commands.find((candidate) => candidate.name() === name);
  if (command) return command;
  if (name === undefined) throw usageError(`'${group.name()}' needs a command: there are ${names.join(', ')}`);
  throw usageError(
    `there is no command '${maskedText(name)}'${didYouMean(name, names) || `: there are ${names.join(', ')}`}`,
  );
}

function buildProgram(): Command {
  const program = new Command('framehub')
    .description('One camera, every consumer: shows cameras to any number of browsers and programs.')
    .usage('[serve] [options]   or   framehub COMMAND …')
    .version(version, '-V, --version', 'prints the version')
    .helpCommand(false)
    // `timelapse` and `timelapse render` have some options of the same name.
    .enablePositionalOptions();

  const serve = addServeOptions(new Command('serve'))
    .description('serves cameras over HTTP until Ctrl-C; what framehub does when no command is named')
    .action(async (options) => (await import('./commands/serve.js')).serve(options));
  program.addCommand(serve);

  program
    .command('devices')
    .description('lists connected cameras with their formats, sizes, rates and controls')
    .option('--json', 'as JSON, for programs')
    .action(async (options) => (await import('./commands/devices.js')).devices(options));

  const snapshot = new Command('snapshot')
    .description('takes one snapshot from a camera into a file')
    .addOption(new Option('-o, --output <FILE>', 'where to; - is the standard output').makeOptionMandatory())
    .action(async (options) => (await import('./commands/snapshot.js')).snapshot(options));
  program.addCommand(addCameraOptions(snapshot));

  const timelapse = addCollectOptions(program.command('timelapse'))
    .usage('[options]   or   framehub timelapse render DIR')
    .helpCommand(false)
    .enablePositionalOptions()
    .description('collects frames into a folder; `timelapse render` makes a film of them')
    .addHelpText('after', collectHelp)
    .action(async (options) => (await import('./commands/timelapse.js')).collectFrames(options));
  addRenderOptions(timelapse.command('render').argument('<dir>', 'folder with the frames'))
    .description('makes a film of a folder of frames, with ffmpeg where it is installed')
    .action(async (dir, options) => (await import('./commands/timelapse.js')).renderFilm(dir, options));

  const config = program.command('config').description('checks configuration files').helpCommand(false);
  config
    .command('check')
    .argument('[file]', 'default: framehub.yaml here')
    .description('names every problem of a configuration file, with its line')
    .action(async (file) => (await import('./commands/config.js')).checkConfigFile(file));
  config
    .command('schema')
    .description('prints the JSON Schema of the configuration file')
    .action(async () => (await import('./commands/config.js')).printConfigSchema());

  // The options of `serve` are those of `framehub`, and belong in its help.
  program.configureHelp({
    visibleOptions(command) {
      const own = Help.prototype.visibleOptions.call(this, command);
      return command === program ? [...serve.options, ...own] : own;
    },
  });
  for (const command of [program, serve, snapshot]) command.addHelpText('after', cameraHelp);
  program.addHelpText('after', examples);
  for (const command of [program, ...program.commands, ...timelapse.commands, ...config.commands]) {
    command.helpOption('-h, --help', 'prints this');
    presentErrors(command);
  }
  return program;
}

/** Turns commander's errors into framehub's, to be printed in one place. */
function presentErrors(command: Command): void {
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    throw usageError(maskedText(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')));
  });
  command.configureOutput({ writeErr: () => {} });
}
