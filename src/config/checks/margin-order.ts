import { at, type Check } from './check.ts';

export const marginOrder: Check = (input) => {
  const { name, m_max, m_min } = input.effective.MODEL.HEAD;
  if (name !== 'DynM-ArcFace' || m_max >= m_min) return [];
  const path = input.has('MODEL.HEAD.m_max') ? 'MODEL.HEAD.m_max' : 'MODEL.HEAD.m_min';
  return [
    at(
      input,
      path,
      'config/margin-order',
      `m_max (${m_max}) is below m_min (${m_min}): frequent classes would get the larger margin`,
      {
        expected: 'm_max at least m_min',
        got: `m_max ${m_max}, m_min ${m_min}`,
        related: ['MODEL.HEAD.m_min'],
      },
    ),
  ];
};
