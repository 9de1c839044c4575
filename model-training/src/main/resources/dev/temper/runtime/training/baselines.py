# Published methods that act when a token is chosen. z [S, V]: the language model's logits; state = [seen, times generated [slots, V],
# settings [slots, columns] of decode/sampling.py]; newest [S], bans, rules, u: there. Slots first.. are those of the S rows.

def nado(log_p: Tensor, r: Tensor, log_r0: Tensor, log_not_r0: Tensor, delta: float) -> Tensor:  # Meng et al. 2022: q ∝ p · V
  return torch.log_softmax(log_p + (torch.log_sigmoid(r) if delta >= 1. else __torch__.log_value(r, log_r0, log_not_r0, delta)), 1)

def rad(log_p: Tensor, reward: Tensor, beta: float) -> Tensor:  # Deng & Raffel 2023: softmax(z + β ρ) over the k likeliest
  return torch.log_softmax(log_p + beta * reward, 1)

def dexperts(log_p: Tensor, plus: Tensor, minus: Tensor, alpha: float) -> Tensor:  # Liu et al. 2021: softmax(top_p(z) + α (z⁺ - z⁻))
  return torch.log_softmax(log_p + alpha * (plus - minus), 1)

def divergence(log_q: Tensor, log_p: Tensor) -> Tensor:  # KL(q || p) of rows, where q may be 0: [S], nats
  return torch.where(torch.gt(log_q, -inf), torch.exp(log_q) * (log_q - log_p), 0.).sum([1])

def allowed(z: Tensor, newest: Tensor, bans: Tensor) -> Tensor:
  z = torch.nan_to_num(z)
  return __torch__.without_banned(z, newest, bans) if bans.size(0) > 0 else z

def sampled(z: Tensor, own: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
  # a token from logits z, under the sampling rules -> [S, 3] float64: token, finite, KL(softmax(z) without what is banned || softmax(own))
  S = z.size(0)
  finite = torch.isfinite(z).all(1)
  z = __torch__.allowed(z, newest, bans)
  kl = __torch__.divergence(torch.log_softmax(z, 1), torch.log_softmax(torch.nan_to_num(own), 1))
  ids, log_p, count, drawn, cut = __torch__.candidates(z, state[0].narrow(0, first, S), state[1].narrow(0, first, S), state[2].narrow(0, first, S), rules, 0, u, 1)
  return torch.stack([drawn.double(), finite.double(), kl.double()], 1)

def likeliest(z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, most: int, state: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
  # what the sampling rules leave of the model's own tokens, at most so many: ids, log p [S, most] (-inf beyond the count), count [S]
  S = z.size(0)
  settings = state[2].narrow(0, first, S)
  top_k = settings.narrow(1, 1, 1)
  limit = torch.full_like(top_k, float(most))
  top_k = torch.where(torch.eq(top_k, 0), limit, torch.minimum(top_k, limit))
  settings = torch.cat([settings.narrow(1, 0, 1), top_k, settings.narrow(1, 2, 2), limit, settings.narrow(1, 5, settings.size(1) - 5)], 1)
  z = __torch__.allowed(z, newest, bans)
  ids, log_p, count, drawn, cut = __torch__.candidates(z, state[0].narrow(0, first, S), state[1].narrow(0, first, S), settings, rules, 0, u, most)
  return (ids, log_p, count)

def chosen(ids: Tensor, log_q: Tensor, log_p: Tensor, count: Tensor, finite: Tensor, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
  # one of the candidates by their new weights -> as sampled; KL over the candidates
  greedy = torch.le(state[2].narrow(0, first, ids.size(0)).select(1, 0), 0)
  token = ids.gather(1, __torch__.draw(log_q, count, u, greedy).unsqueeze(1)).squeeze(1)
  return torch.stack([token.double(), finite.double(), __torch__.divergence(log_q, log_p)], 1)
