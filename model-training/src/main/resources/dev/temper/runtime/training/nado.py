# The closest distribution that satisfies a constraint, and the auxiliary model R that it is made of (NADO, Meng et al., 2022).
# z [N, V]: logits of the language model p; r [N, V]: logits of R, one for each next token: sigmoid(r_v) = Pr[C = 1 | prefix, v].

def log_closest(z: Tensor, r: Tensor) -> Tensor:  # log q = log_softmax(log p + log sigmoid(r)), the normaliser exact over V
  return torch.log_softmax(torch.log_softmax(z, 1) + torch.log_sigmoid(r), 1)

def log_expected(z: Tensor, r: Tensor) -> Tensor:  # log E = log sum_v p(v) sigmoid(r_v): [N]
  return torch.logsumexp(torch.log_softmax(z, 1) + torch.log_sigmoid(r), [1])

def kl(log_p: Tensor, log_q: Tensor) -> Tensor:  # KL(p || q) of rows: [N], nats
  return (torch.exp(log_p) * (log_p - log_q)).sum([1])

def bernoulli_kl(log_a: Tensor, log_not_a: Tensor, log_b: Tensor, log_not_b: Tensor) -> Tensor:  # KL(Bern(a) || Bern(b)): [N], nats
  return torch.exp(log_a) * (log_a - log_b) + torch.exp(log_not_a) * (log_not_a - log_not_b)

def inconsistency(z: Tensor, r: Tensor, before: Tensor) -> Tensor:  # KL(Bern(E) || Bern(sigmoid(before))): R's expectation against R one token before
  return __torch__.bernoulli_kl(__torch__.log_expected(z, r), __torch__.log_expected(z, -r), torch.log_sigmoid(before), torch.log_sigmoid(-before))

def log_value(r: Tensor, log_r0: Tensor, log_not_r0: Tensor, delta: float) -> Tensor:
  # log V, V = (delta / R0) R + ((1 - delta) / (1 - R0)) (1 - R); V = 1 where R0 >= delta. log_r0 [N, 1]
  satisfied = torch.log(torch.full_like(log_r0, delta)) - log_r0 + torch.log_sigmoid(r)
  violated = torch.log(torch.full_like(log_r0, 1. - delta)) - log_not_r0 + torch.log_sigmoid(-r)
  return torch.where(torch.ge(torch.exp(log_r0), delta), torch.zeros_like(r), torch.logaddexp(satisfied, violated))

def binary_cross_entropy(s: Tensor, label: Tensor) -> Tensor:  # s [N]: logits of R, label [N] in [0, 1] -> [N], nats
  return -(label * torch.log_sigmoid(s) + (1. - label) * torch.log_sigmoid(-s))

def auxiliary_loss(z: Tensor, r: Tensor, tokens: Tensor, label: Tensor, later: Tensor, strength: Tensor) -> Tensor:
  # L = L_CE + strength * L_reg, both means. r [N, V] at the positions before tokens [N], whose sequences have label [N];
  # later [M]: rows of r whose row before is the same sequence's; z [M, V]: the language model's logits there
  s = r.gather(1, tokens.unsqueeze(1)).squeeze(1)  # the logit of R(prefix with that token)
  consistency = __torch__.inconsistency(z, r.index_select(0, later), s.index_select(0, later - 1))
  return __torch__.binary_cross_entropy(s, label).mean() + strength * consistency.mean()

def log_constrained(z: Tensor, r: Tensor, starts: Tensor, delta: float) -> Tensor:
  # log q of the closest distribution whose expectation of C is at least delta; starts [N]: the row where the row's sequence begins,
  # at which R0 = E. delta = 1: log_closest
  if delta >= 1.:
    return __torch__.log_closest(z, r)
  log_r0 = __torch__.log_expected(z, r).index_select(0, starts).unsqueeze(1)
  log_not_r0 = __torch__.log_expected(z, -r).index_select(0, starts).unsqueeze(1)
  return torch.log_softmax(torch.log_softmax(z, 1) + __torch__.log_value(r, log_r0, log_not_r0, delta), 1)
