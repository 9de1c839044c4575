# From logits to the candidates of the next token, in the reference implementation's order:
# repetition penalty, temperature, top-k, top-p. One row a sequence.
# settings columns: 0 temperature (0 = greedy), 1 top-k (0 = all), 2 top-p, 3 repetition penalty,
# 4 most candidates (0 = unguided: the token is drawn here and is its own only candidate), 5.. the rule's own.

def penalised(z: Tensor, seen: Tensor, penalty: Tensor) -> Tensor:  # [S, V]
  return torch.where(seen, torch.where(z > 0, z / penalty, z * penalty), z)

def draw(log_q: Tensor, count: Tensor, u: Tensor, greedy: Tensor) -> Tensor:  # inverse CDF over candidates in their order: [S]
  below = torch.le(torch.cumsum(torch.exp(log_q), 1), u.unsqueeze(1)).sum(1)
  sampled = torch.minimum(below, count - 1)
  return torch.where(greedy, torch.argmax(log_q, 1), sampled)

def nucleus(z: Tensor, k: int, settings: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:  # the k likeliest: ids, log p, kept, whether k was enough
  top_k = settings.select(1, 1).long().unsqueeze(1)
  top_p = settings.select(1, 2).unsqueeze(1)
  limit = settings.select(1, 4).unsqueeze(1)
  v, ids = torch.topk(z, k, 1, True, True)
  kth = v.gather(1, torch.clamp(top_k - 1, 0, k - 1))
  within = torch.logical_or(torch.eq(top_k, 0), torch.ge(v, kth))  # ties with the k-th stay
  within = torch.logical_and(within, torch.gt(v, -inf))  # what is ruled out is no candidate
  v = torch.where(within, v.double(), -inf)
  total = torch.where(torch.eq(top_k, 0), torch.logsumexp(z.double(), 1, True), torch.logsumexp(v, 1, True))
  p = torch.exp(v - total)
  reached = torch.cumsum(p, 1)
  kept = torch.logical_and(within, torch.lt(reached - p, top_p))  # kept while what is likelier sums to less than top-p
  kept.narrow(1, 0, 1).fill_(True)
  last = kept.narrow(1, k - 1, 1)
  enough = torch.logical_or(torch.logical_not(last), torch.logical_and(torch.gt(limit, 0), torch.lt(limit, k)))
  greedy_plain = torch.logical_and(torch.le(settings.select(1, 0).unsqueeze(1), 0), torch.eq(limit, 0))
  return (ids, v - total, kept, torch.logical_or(enough, greedy_plain))

def candidates(z: Tensor, seen: Tensor, settings: Tensor, u: Tensor, width: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
  # -> ids [S, width], log p [S, width] float64 (renormalised, -inf beyond the count), count [S], drawn token [S] (-1 = guided), cut [S]
  V = z.size(1)
  greedy = torch.le(settings.select(1, 0), 0)
  guided = torch.gt(settings.select(1, 4), 0)
  temperature = torch.where(greedy, 1., settings.select(1, 0)).float().unsqueeze(1)
  z = __torch__.penalised(z, seen, settings.select(1, 3).float().unsqueeze(1)) / temperature
  k = min(V, max(256, width + 1))
  ids, log_p, kept, enough = __torch__.nucleus(z, k, settings)
  if k < V:
    if not bool(enough.all().item()):
      ids, log_p, kept, enough = __torch__.nucleus(z, V, settings)
  size = kept.sum(1)
  limit = torch.where(guided, settings.select(1, 4).long(), size)
  count = torch.minimum(size, limit)
  order = torch.arange(ids.size(1), dtype=4, layout=None, device=z.device, pin_memory=None).unsqueeze(0)
  log_p = torch.log_softmax(torch.where(torch.lt(order, count.unsqueeze(1)), log_p, -inf), 1)
  drawn = ids.gather(1, __torch__.draw(log_p, count, u, greedy).unsqueeze(1))  # [S, 1]
  width = min(width, ids.size(1))
  g = guided.unsqueeze(1)
  alone = torch.where(torch.eq(order.narrow(1, 0, width), 0), 0., -inf)
  return (torch.where(g, ids.narrow(1, 0, width), drawn), torch.where(g, log_p.narrow(1, 0, width), alone), torch.where(guided, count, 1), torch.where(guided, -1, drawn.squeeze(1)), torch.logical_and(guided, torch.gt(size, limit)))
