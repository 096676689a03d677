import { ExitCode } from '../../common/errors.ts';
import { OWN_MODELS } from '../../models/own-models.ts';
import { allModels, type ModelInfo, modelsOfType } from '../../models/registry.ts';
import { BACKBONE_TYPES, type BackboneType } from '../../models/types.ts';
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
    else {
      console.log(listing(found, type));
      const own = OWN_MODELS.filter((m) => !type || m.types.includes(type));
      if (own.length > 0)
        console.log(`\nThese come with MDFE and need no download:\n\n${listing(own, type)}`);
    }
    return ExitCode.done;
  },
};

function listing(models: readonly ModelInfo[], type: BackboneType | undefined): string {
  return table(
    ['type', 'model_name', 'parameters', 'width', 'image', 'weights (first: default)'],
    models.map((m) => [
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
  );
}
