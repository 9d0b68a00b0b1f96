export {
  controlValuesSchema,
  readControlValues,
  readSettings,
  settingFields,
  settingsChangeSchema,
  settingsReportSchema,
} from './camera-settings.js';
export { didYouMean, type Problem, parseWith, type ReadOptions, type ReadResult, safeParseWith } from './problems.js';
export {
  addressRange,
  chosenName,
  duration,
  filePath,
  flag,
  formatDuration,
  hostName,
  oneOf,
  pixelFormat,
  port,
  positiveNumber,
  refuse,
  report,
  size,
  text,
  textLike,
  wholeNumber,
} from './rules.js';
