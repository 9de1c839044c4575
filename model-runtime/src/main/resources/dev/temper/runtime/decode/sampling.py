# From logits to the candidates of the next token, in the reference implementation's order: repetition penalty, presence and
# frequency penalties (which it lacks), ruled out tokens, temperature, top-k, top-p, min-p, typical-p, epsilon. One row a sequence.
# settings columns: 0 temperature (0 = greedy), 1 top-k (0 = all), 2 top-p, 3 repetition penalty,
# 4 most candidates (0 = unguided: the token is drawn here and is its own only candidate),
# 5 presence penalty, 6 frequency penalty, 7 min-p (0 = all), 8 typical-p (1 = all), 9 epsilon (0 = all), 10.. the rule's own.
# rules: bits of what any sequence of the batch asks for, so that nobody pays for the rest:
# 1 repetition penalty, 2 presence or frequency penalty, 4 min-p, 8 typical-p or epsilon.
# most: the largest top-k of any sequence, 0 if one has none; the fewer tokens are sorted, the faster.

def rule_settings(settings: Tensor) -> Tensor:
  return settings.narrow(1, 10, settings.size(1) - 10)

def penalised(z: Tensor, seen: Tensor, counts: Tensor, settings: Tensor, rules: int) -> Tensor:  # [S, V]; counts: of generated tokens
  if (rules & 1) != 0:
    penalty = settings.select(1, 3).float().unsqueeze(1)
    z = torch.where(seen, torch.where(z > 0, z / penalty, z * penalty), z)
  if (rules & 2) != 0:
    presence = settings.select(1, 5).float().unsqueeze(1)
    frequency = settings.select(1, 6).float().unsqueeze(1)
    z = z - presence * torch.gt(counts, 0).float() - frequency * counts
  return z

def without_banned(z: Tensor, newest: Tensor, bans: Tensor) -> Tensor:
  # bans [B, 3] int64: row, trigger (-1 = always), token (-1 = the newest itself): the token is ruled out if the row's newest
  # token [S] is the trigger. Where all tokens are, none is: something has to be said.
  row = bans.select(1, 0)
  last = newest.index_select(0, row)
  token = torch.where(bans.select(1, 2) < 0, last, bans.select(1, 2))
  holds = torch.logical_or(bans.select(1, 1) < 0, torch.eq(bans.select(1, 1), last))
  banned = torch.index_add(z.reshape([-1]), 0, row * z.size(1) + token, torch.where(holds, -inf, 0.)).view([z.size(0), z.size(1)])
  return torch.where(torch.eq(banned, -inf).all(1, True), z, banned)

def typical(v: Tensor, kept: Tensor, mass: Tensor) -> Tensor:  # of those kept, the nearest to the expected surprise (Meister et al. 2023)
  log_p = torch.log_softmax(torch.where(kept, v, -inf), 1)
  p = torch.exp(log_p)
  entropy = -torch.where(kept, p * log_p, 0.).sum(1, True)
  distance = torch.where(kept, torch.abs(-log_p - entropy), inf)
  nearest, order = torch.sort(distance, 1)
  below = torch.lt(torch.cumsum(p.gather(1, order), 1), mass).sum(1, True)
  farthest = nearest.gather(1, torch.clamp(below, 0, v.size(1) - 1))
  return torch.logical_and(kept, torch.logical_or(torch.ge(mass, 1), torch.le(distance, farthest)))  # ties with the farthest stay

def likely(v: Tensor, kept: Tensor, epsilon: Tensor) -> Tensor:  # of those kept, what is at least as likely as epsilon, and the likeliest
  v = torch.where(kept, v, -inf)
  return torch.logical_and(kept, torch.logical_or(torch.ge(torch.softmax(v, 1), epsilon), torch.eq(v, v.amax([1], True))))

def draw(log_q: Tensor, count: Tensor, u: Tensor, greedy: Tensor) -> Tensor:  # inverse CDF over candidates in their order: [S]
  below = torch.le(torch.cumsum(torch.exp(log_q), 1), u.unsqueeze(1)).sum(1)
  sampled = torch.minimum(below, count - 1)
  return torch.where(greedy, torch.argmax(log_q, 1), sampled)

def nucleus(z: Tensor, k: int, settings: Tensor, rules: int, most: int) -> Tuple[Tensor, Tensor, Tensor, Tensor]:  # the k likeliest: ids, log p, kept, whether k was enough
  top_k = settings.select(1, 1).long().unsqueeze(1)
  top_p = settings.select(1, 2).unsqueeze(1)
  limit = settings.select(1, 4).unsqueeze(1)
  v, ids = torch.topk(z, k, 1, True, True)
  kth = v.gather(1, torch.clamp(top_k - 1, 0, k - 1))
  within = torch.logical_or(torch.eq(top_k, 0), torch.ge(v, kth))  # ties with the k-th stay
  within = torch.logical_and(within, torch.gt(v, -inf))  # what is ruled out is no candidate
  all_ties = torch.logical_or(torch.eq(top_k, 0), torch.logical_not(within.narrow(1, k - 1, 1)))  # no more of them behind
  v = torch.where(within, v.double(), -inf)
  total = torch.logsumexp(v, 1, True)
  if most == 0:
    total = torch.where(torch.eq(top_k, 0), torch.logsumexp(z.double(), 1, True), total)
  p = torch.exp(v - total)
  reached = torch.cumsum(p, 1)
  kept = torch.logical_and(within, torch.lt(reached - p, top_p))  # kept while what is likelier sums to less than top-p
  kept.narrow(1, 0, 1).fill_(True)
  if (rules & 4) != 0:
    kept = torch.logical_and(kept, torch.ge(v, v.narrow(1, 0, 1) + torch.log(settings.select(1, 7)).unsqueeze(1)))  # p >= min-p * p_max
  last = kept.narrow(1, k - 1, 1)
  enough = torch.logical_or(torch.logical_not(last), torch.logical_and(torch.gt(limit, 0), torch.lt(limit, k)))
  enough = torch.logical_and(enough, all_ties)
  greedy_plain = torch.logical_and(torch.le(settings.select(1, 0).unsqueeze(1), 0), torch.eq(limit, 0))
  if (rules & 8) != 0:
    kept = __torch__.typical(v, kept, settings.select(1, 8).unsqueeze(1))
    kept = __torch__.likely(v, kept, settings.select(1, 9).unsqueeze(1))
    order = torch.arange(k, dtype=4, layout=None, device=z.device, pin_memory=None).unsqueeze(0)
    place = torch.clamp(order + torch.argmax(kept.int(), 1, True), 0, k - 1)  # what stays is one run: to the front with it
    ids, v, kept = ids.gather(1, place), v.gather(1, place), torch.lt(order, kept.sum(1, True))
  return (ids, v - total, kept, torch.logical_or(enough, greedy_plain))

def candidates(z: Tensor, seen: Tensor, counts: Tensor, settings: Tensor, rules: int, most: int, u: Tensor, width: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
  # width: the most candidates of any. -> ids and log p [S, width or fewer], the latter float64 (renormalised, -inf beyond the count), count [S], drawn token [S] (-1 = guided), cut [S]
  V = z.size(1)
  greedy = torch.le(settings.select(1, 0), 0)
  guided = torch.gt(settings.select(1, 4), 0)
  temperature = torch.where(greedy, 1., settings.select(1, 0)).float().unsqueeze(1)
  z = __torch__.penalised(z, seen, counts, settings, rules) / temperature
  k = min(V, (most if most > 0 else max(255, width)) + 1)
  ids, log_p, kept, enough = __torch__.nucleus(z, k, settings, rules, most)
  while k < V and not bool(enough.all().item()):
    k = min(V, 16 * k)  # to sort a whole vocabulary takes longer than to read a small model's weights
    ids, log_p, kept, enough = __torch__.nucleus(z, k, settings, rules, most)
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
