import type { HeadName } from '../heads/head.ts';

/** Logits of each head: c is the cosine between feature and class centre, y the label, theta = acos c. */
export const HEAD_FORMULAS: Readonly<Record<HeadName, string>> = {
  ArcFace: `c_j     = max over the k centres of class j
logit_j = s * c_j
logit_y = s * cos(theta_y + m)          where c_y > cos(pi - m)
          s * (c_y - m * sin(pi - m))   elsewhere`,
  'DynM-ArcFace': `logits as ArcFace, with a margin for each class of n images:
m(n) = m_min + (m_max - m_min)/2 * (1 + cos(pi * (n - n_min)/(n_max - n_min)))`,
  AdaCos: `logit_j = s * c_j
s_0     = sqrt(2) * ln(classes - 1)
dynamic: s = ln(B) / cos(min(pi/4, median theta_y))
         B = mean over the batch of sum over j != y of exp(s * c_j)`,
  LiArcFace: `logit_j = s * (pi - 2 * theta_j)/pi
logit_y = s * (pi - 2 * (theta_y + m))/pi`,
  CurricularFace: `t       = 0.01 * mean(c_y) + 0.99 * t
logit_y = s * cos(theta_y + m)      as ArcFace
logit_j = s * c_j * (t + c_j)       where c_j > cos(theta_y + m)
          s * c_j                   elsewhere`,
  AdaFace: `q       = clip((|x| - mean)/(std + 0.001) * h, -1, 1)
logit_y = s * (cos(theta_y - m * q) - (m + m * q))
logit_j = s * c_j
mean, std of |x|: t_alpha * batch + (1 - t_alpha) * before`,
};
