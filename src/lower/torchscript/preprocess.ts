import type { Preprocessing } from '../preprocessing.ts';
import { list, number } from './writer.ts';

/** Variable that `PREPROCESS` leaves the normalised pixels in, float32 [N, 3, S, S]. */
export const PIXELS = 'pixels';

/**
 * Raw pixels `images` [N, 3, H, W], 0..255 of any type -> normalised pixels. The resize is two products with
 * antialiased bicubic weights, the same in every version of PyTorch. Images of whole numbers come out as whole
 * numbers, as torchvision does it; double precision keeps values close to a half from being rounded by chance.
 */
export function preprocessLines({ mean, std }: Preprocessing): string[] {
  const channels = (values: readonly number[]) =>
    `torch.reshape(torch.tensor(${list(values.map(number))}, dtype=6, device=ops.prim.device(images)), [1, 3, 1, 1])`;
  return [
    'if torch.is_floating_point(images):',
    '  square = (self).resize(torch.to(images, 6), )',
    'else:',
    '  exact = (self).resize(torch.to(images, 7), )',
    '  square = torch.to(torch.round(torch.clamp(exact, 0, 255)), 6)',
    `mean = ${channels(mean)}`,
    `std = ${channels(std)}`,
    `${PIXELS} = torch.div(torch.sub(torch.div(square, 255.), mean), std)`,
  ];
}

/**
 * Two methods: `resize` [N, 3, H, W] -> [N, 3, S, S], and `resize_weights`, n pixels -> weights [S, n], each row summing
 * to one: Keys' kernel with a = -1/2, widened by the scale when shrinking (Keys, IEEE Trans. ASSP 29(6), 1981; the same
 * as Pillow). The weights are made on the CPU: not every device has double precision.
 */
export function resizeMethods(className: string, size: number): string {
  const range = (count: string) =>
    `torch.arange(${count}, dtype=7, layout=None, device=torch.device("cpu"), pin_memory=False)`;
  return [
    `  def resize(self: __torch__.${className},`,
    '    x: Tensor) -> Tensor:',
    '    across = torch.type_as((self).resize_weights(torch.size(x, 3), ), x)',
    '    down = torch.type_as((self).resize_weights(torch.size(x, 2), ), x)',
    '    return torch.matmul(down, torch.matmul(x, torch.transpose(across, 0, 1)))',
    `  def resize_weights(self: __torch__.${className},`,
    '    n: int) -> Tensor:',
    `    scale = torch.div(n, ${size})`,
    '    if torch.gt(scale, 1.):',
    '      stretch = scale',
    '    else:',
    '      stretch = 1.',
    `    centre = torch.unsqueeze(torch.mul(torch.add(${range(String(size))}, 0.5), scale), 1)`,
    `    place = torch.unsqueeze(${range('n')}, 0)`,
    '    support = torch.mul(stretch, 2.)',
    '    first = torch.floor(torch.clamp(torch.add(torch.sub(centre, support), 0.5), 0))',
    '    last = torch.floor(torch.add(torch.add(centre, support), 0.5))',
    '    t = torch.abs(torch.div(torch.add(torch.sub(place, centre), 0.5), stretch))',
    '    t2 = torch.mul(t, t)',
    '    t3 = torch.mul(t2, t)',
    '    near = torch.add(torch.sub(torch.mul(t3, 1.5), torch.mul(t2, 2.5)), 1)',
    '    far = torch.add(torch.sub(torch.add(torch.mul(t3, -0.5), torch.mul(t2, 2.5)), torch.mul(t, 4)), 2)',
    '    kernel = torch.where(torch.lt(t, 1), near, torch.where(torch.lt(t, 2), far, torch.zeros_like(t)))',
    '    inside = torch.logical_and(torch.ge(place, first), torch.lt(place, last))',
    '    weights = torch.mul(kernel, torch.to(inside, 7))',
    '    return torch.div(weights, torch.sum(weights, [1], True))',
  ].join('\n');
}
