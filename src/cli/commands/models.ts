import { ExitCode } from '../../common/errors.ts';
import { OWN_MODELS } from '../../models/own-models.ts';
import { allModels, type ModelInfo, modelsOfType, requireModel } from '../../models/registry.ts';
import { BACKBONE_TYPES, type BackboneType } from '../../models/types.ts';
import { choiceOption } from '../args.ts';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const models: Command = {
  name: 'models',
  summary: 'List the published backbones: size, width, licences, weights; or all that is known of one',
  positionals: '[MODEL]',
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
    const [name] = args.positionals;
    const found = name !== undefined ? [findOne(name, type)] : type ? modelsOfType(type) : allModels();
    const own = name === undefined ? OWN_MODELS.filter((m) => !type || m.types.includes(type)) : [];
    if (args.flag('json')) console.log(JSON.stringify([...found, ...own], null, 2));
    else if (name !== undefined) console.log(details(found[0]!));
    else {
      console.log(listing(found, type));
      if (own.length > 0)
        console.log(`\nThese come with MDFE and need no download:\n\n${listing(own, type)}`);
      console.log('\nmdfe models MODEL shows the licence and the repository of each of its weights.');
    }
    return ExitCode.done;
  },
};

function findOne(name: string, type: BackboneType | undefined): ModelInfo {
  return OWN_MODELS.find((m) => m.name === name) ?? requireModel(name, type, 'MODEL').model;
}

/** What a publisher does not say is no permission. */
const licenceText = (license: string | null) => license ?? 'unknown';

/** The default tag first. */
function tagsOf({ tags, defaultTag }: ModelInfo) {
  return tags.toSorted((a, b) => Number(b.tag === defaultTag) - Number(a.tag === defaultTag));
}

function details(model: ModelInfo): string {
  const { mean, std, width } = model;
  const facts = [
    ['types', model.types.join(', ')],
    ['structure', `${model.structure} (${model.library})`],
    ['parameters', model.params.toLocaleString('en')],
    [
      'width',
      width.projected === width.plain
        ? `${width.plain}`
        : `${width.plain}, ${width.projected} with proj_layer`,
    ],
    ['image', `${model.imageSize} px, mean ${mean.join(' ')}, std ${std.join(' ')}`],
  ].map(([title, text]) => `${title!.padEnd(12)}${text}`);
  const tags = tagsOf(model).map(({ tag, imageSize, license, hubId }) => [
    tag,
    String(imageSize),
    licenceText(license),
    hubId ?? 'not on the hub',
  ]);
  return [
    `${model.name}\n`,
    ...facts,
    '',
    tags.length > 0
      ? table(['weights', 'image', 'licence', 'hub repository'], tags)
      : 'no weights on the hub',
  ].join('\n');
}

function listing(models: readonly ModelInfo[], type: BackboneType | undefined): string {
  return table(
    [
      'type',
      'model_name',
      'parameters',
      'width',
      'image',
      'licences',
      'weights (timm types: the first is the default)',
    ],
    models.map((m) => [
      type ?? m.type,
      m.name,
      `${(m.params / 1e6).toFixed(1)}M`,
      String(m.width.plain),
      String(m.imageSize),
      [...new Set(m.tags.map((t) => licenceText(t.license)))].join(', '),
      tagsOf(m)
        .map((t) => t.tag)
        .join(' ') || 'none on the hub',
    ]),
  );
}
