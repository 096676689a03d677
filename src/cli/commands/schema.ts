import { ExitCode } from '../../common/errors.ts';
import { configJsonSchema } from '../../config/json-schema.ts';
import type { Command } from '../command.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON Schema (draft 7) of configurations',
  positionals: '',
  options: {},
  async run() {
    console.log(JSON.stringify(configJsonSchema(), null, 2));
    return ExitCode.done;
  },
};
