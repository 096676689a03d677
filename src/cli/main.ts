import { ExitCode } from '../common/errors.ts';

process.exitCode = ExitCode.usage;
