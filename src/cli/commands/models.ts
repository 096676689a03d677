import { ExitCode } from '../../common/errors.ts';
import { allModels, modelsOfType } from '../../models/registry.ts';
import { BACKBONE_TYPES } from '../../models/types.ts';
import { choiceOption } from '../args.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const models: Command = {
  name: 'models',
  summary: 'List the published backbones: size, width, weights',
  positionals: '',
  options: {
    type: {
      type: 'string',
      value: 'TYPE',
      help: `only this MODEL.BACKBONE.type: ${BACKBONE_TYPES.join(', ')}`,
    },
    json: { type: 'boolean', help: 'print everything known as JSON' },
  },
  async run(args) {
    const type = choiceOption(args, 'type', BACKBONE_TYPES);
    const found = type ? modelsOfType(type) : allModels();
    if (args.flag('json')) console.log(JSON.stringify(found, null, 2));
    else
      console.log(
        table(
          ['type', 'model_name', 'parameters', 'width', 'image', 'weights (first: default)'],
          found.map((m) => [
            type ?? m.type,
            m.name,
            `${(m.params / 1e6).toFixed(1)}M`,
            String(m.width.plain),
            String(m.imageSize),
            m.tags
              .map((t) => t.tag)
              .sort((a, b) => Number(b === m.defaultTag) - Number(a === m.defaultTag))
              .join(' '),
          ]),
        ),
      );
    return ExitCode.done;
  },
};
