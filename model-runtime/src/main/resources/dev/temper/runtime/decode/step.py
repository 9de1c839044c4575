# Decoding with a cache. state = [keys, values [layers, slots, kv, time, dim], candidate ids, candidate log p [slots, width],
# counts [slots], seen [slots, vocabulary], settings [slots, columns], times generated [slots, vocabulary]]. Running sequences occupy slots 0..S-1.

def to_grid(x: Tensor, cell: Tensor, cells: int) -> Tensor:  # rows [R, ...] to their cells [cells, ...], zero elsewhere
  if x.size(0) == cells:
    return x
  shape = annotate(List[int], [cells])
  for d in range(1, x.dim()):
    shape.append(x.size(d))
  return torch.index_copy(x.new_zeros(shape), 0, cell, x)

def attend_fan(q: Tensor, k: Tensor, v: Tensor, cell: Tensor, width: int, bias: Tensor, keys: Tensor, values: Tensor) -> Tensor:
  # R candidate rows; each attends to its sequence's cached prefix, which is never copied, and to itself.
  # cell [R]: sequence * width + rank; bias [S, 1, 1, time]: 0 where it may look, else -inf; keys, values [S, kv, time, dim]
  S, kv, time, dim = keys.size(0), keys.size(1), keys.size(2), keys.size(3)
  group = q.size(1) // kv
  scale = float(dim) ** -0.5
  q = q * scale
  grid = __torch__.to_grid(q, cell, S * width).view([S, width, kv, group, dim]).permute([0, 2, 1, 3, 4]).reshape([S, kv, width * group, dim])
  own = (q.view([-1, kv, group, dim]) * k.unsqueeze(2)).sum([-1])  # [R, kv, group]
  own_grid = __torch__.to_grid(own, cell, S * width).view([S, width, kv, group]).permute([0, 2, 1, 3]).reshape([S, kv, width * group, 1])
  prefix = torch.where(torch.lt(bias, 0), bias, torch.matmul(grid, keys.transpose(2, 3)).float())  # a sum with what an earlier sequence left there may be NaN
  a = torch.softmax(torch.cat([prefix, own_grid.float()], -1), -1)
  o = torch.matmul(torch.to(a.narrow(-1, 0, time), q.dtype), values)  # [S, kv, width * group, dim]
  o = o.view([S, kv, width, group, dim]).permute([0, 2, 1, 3, 4]).reshape([S * width, kv, group, dim])
  own = torch.to(a.narrow(-1, time, 1), q.dtype).view([S, kv, width, group]).permute([0, 2, 1, 3]).reshape([S * width, kv, group, 1])
  if o.size(0) != q.size(0):
    o = o.index_select(0, cell)
    own = own.index_select(0, cell)
  return (o + own * v.unsqueeze(2)).reshape([q.size(0), -1])

def places(count: int, like: Tensor) -> Tensor:  # [1, count]: 0, 1, ...
  return torch.arange(count, dtype=4, layout=None, device=like.device, pin_memory=None).unsqueeze(0)

def read_fan(rows: Tensor, cell: Tensor, width: int, length: Tensor, longest: int, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
  # One pass over candidates [R] of the running sequences, each right after its sequence's cached prefix; cell: attend_fan;
  # length [S]: tokens in the cache -> final states [R, hidden]; keys and values [R, kv, dim] of every layer
  S = length.size(0)
  position = length.index_select(0, cell // width)
  c = cos.index_select(0, position).unsqueeze(1)
  s = sin.index_select(0, position).unsqueeze(1)
  bias = __torch__.prefix_bias(__torch__.places(longest, length), length, n[4])
  x = __torch__.embed(rows, position, w, n)
  ks = annotate(List[Tensor], [])
  vs = annotate(List[Tensor], [])
  for l in range(n[0]):
    q, k, v = __torch__.project(x, l, w, n, eps, c, s)
    keys = state[0][l].narrow(0, 0, S).narrow(2, 0, longest)
    values = state[1][l].narrow(0, 0, S).narrow(2, 0, longest)
    x = __torch__.finish(x, __torch__.attend_fan(q, k, v, cell, width, bias, keys, values), l, w, n, eps)
    ks.append(k)
    vs.append(v)
  return (__torch__.final(x, w, n, eps), ks, vs)

def commit(ks: List[Tensor], vs: List[Tensor], row: Tensor, length: Tensor, state: List[Tensor], n: List[int]) -> int:
  # the keys and values of one row of each sequence, row [S], become its next cached token
  S = length.size(0)
  at = length.view([S, 1, 1, 1]).expand([S, n[2], 1, n[3]])
  for l in range(n[0]):
    state[0][l].narrow(0, 0, S).scatter_(2, at, ks[l].index_select(0, row).unsqueeze(2))
    state[1][l].narrow(0, 0, S).scatter_(2, at, vs[l].index_select(0, row).unsqueeze(2))
  return 0

def attend_line(q: Tensor, keys: Tensor, values: Tensor, bias: Optional[Tensor]) -> Tensor:
  # q [S, kv, group, dim]: queries that share a key-value head; keys, values [S, kv, time, dim]; bias: attend_fan, None = all of time
  if bias is None:
    return torch.scaled_dot_product_attention(q, keys, values, None, 0., False, scale=None, enable_gqa=False)
  scale = float(q.size(3)) ** -0.5
  a = torch.where(torch.lt(bias, 0), bias, torch.matmul(q * scale, keys.transpose(2, 3)).float())
  return torch.matmul(torch.to(torch.softmax(a, -1), q.dtype), values)

def read_line(token: Tensor, length: Tensor, longest: int, even: bool, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
  # The same where every sequence has a single candidate, token [S], as in plain decoding: there is nothing to choose, so keys and
  # values are committed on the way. even: whether all lengths are the same -> final states [S, hidden]
  S, end = token.size(0), longest + 1
  bias = annotate(Optional[Tensor], None)
  if not even or (n[4] > 0 and end > n[4]):
    bias = __torch__.prefix_bias(__torch__.places(end, length), length + 1, n[4] + 1 if n[4] > 0 else 0)
  c = cos.index_select(0, length).unsqueeze(1)
  s = sin.index_select(0, length).unsqueeze(1)
  at = length.view([S, 1, 1, 1]).expand([S, n[2], 1, n[3]])
  all_keys = state[0].narrow(1, 0, S).narrow(3, 0, end)  # [layers, S, kv, end, dim]
  all_values = state[1].narrow(1, 0, S).narrow(3, 0, end)
  x = __torch__.embed(token, length, w, n)
  for l in range(n[0]):
    q, k, v = __torch__.project(x, l, w, n, eps, c, s)
    keys = all_keys[l]
    values = all_values[l]
    if even:
      keys.select(2, longest).copy_(k)
      values.select(2, longest).copy_(v)
    else:
      keys.scatter_(2, at, k.unsqueeze(2))
      values.scatter_(2, at, v.unsqueeze(2))
    o = __torch__.attend_line(q.reshape([S, n[2], -1, n[3]]), keys, values, bias)
    x = __torch__.finish(x, o.reshape([S, -1]), l, w, n, eps)
  return __torch__.final(x, w, n, eps)

def prepare(h: Tensor, u: Tensor, first: int, newest: Tensor, bans: Tensor, rules: int, most: int, state: List[Tensor], w: List[Tensor], n: List[int]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  # the next candidates of the sequences in slots first.., from their states h [S, hidden], written to the slots;
  # newest [S]: the token before them; bans, rules, most: sampling.py
  S = h.size(0)
  z = __torch__.head(h, w, n)
  finite = torch.logical_and(torch.isfinite(z.amax([1])), torch.isfinite(z.amin([1])))  # extremes of a row with a NaN are NaN
  z = torch.nan_to_num(z)
  if bans.size(0) > 0:
    z = __torch__.without_banned(z, newest, bans)
  ids, log_p, count, drawn, cut = __torch__.candidates(z, state[5].narrow(0, first, S), state[7].narrow(0, first, S), state[6].narrow(0, first, S), rules, most, u, state[2].size(1))
  state[2].narrow(0, first, S).narrow(1, 0, ids.size(1)).copy_(ids)
  state[3].narrow(0, first, S).fill_(-inf).narrow(1, 0, ids.size(1)).copy_(log_p)
  state[4].narrow(0, first, S).copy_(count)
  return (finite, count, drawn, cut)
